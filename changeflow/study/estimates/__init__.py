"""From runs to numbers: means, intervals, differences, ranks, whether the backlog settles."""
