"""The engines that stories and laws are run on; a new engine needs one more word here."""

ENGINES = ["process"]
