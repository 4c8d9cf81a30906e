"""Documents checked: every row of what people wrote gets a verdict, by both witnesses."""
