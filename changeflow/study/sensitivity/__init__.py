"""How sure the answer of a study is, and what it hangs on."""
