"""Taking in measurements: from whatever form they come in, to rows that are merged in one transaction."""
