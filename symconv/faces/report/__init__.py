"""The illustrated report: one document of all claims, as HTML, PDF, LaTeX or Markdown.

blocks          what a document is made of
content         from outcomes to a document; claim_section: one claim of it
prose           docstrings as blocks
sides           a counterexample's two sides as arrays
heatmaps        arrays as images
breaking        where a long formula may be broken
html            a document as one HTML file; mathml, mathml_tables: its formulas
tex             a document as LaTeX; tex_text: plain text in it; engine: from there to PDF
markdown        a document as Markdown
writing         which of these a file name asks for, and the file itself
"""
