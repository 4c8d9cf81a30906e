"""Documents as people write them: text to displays, displays to rows, all with their places."""
