"""How things are said: plain words, paths and units, and the sentences that several outputs share."""
