"""The money of one run: postings, invoices, and the accounts they add up to."""
