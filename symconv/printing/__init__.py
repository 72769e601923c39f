"""Terms of the kernel as formulas: a term becomes a `notation` tree, and that LaTeX (`latex`) or Unicode (`plain`).

This room knows the kernel's terms as data, and nothing of claims, proofs or faces.
"""
