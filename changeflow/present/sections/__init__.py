"""The parts of a study's answer as they are shown: sentence, table, chart and facts of each analysis."""
