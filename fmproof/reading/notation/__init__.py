"""The notation of a document: what each symbol stands for, and why."""
