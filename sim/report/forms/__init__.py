"""A report in its forms: a page, Markdown, Word, PDF, a spreadsheet, and the way from one folder to each."""
