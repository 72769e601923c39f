"""Terms and tensors as formulas: they become `notation` trees, and these LaTeX (`latex`) or Unicode text (`plain`).

names, scope            which symbol stands for what, and where indices start
indices, conditions     index terms; deltas, brackets and cases
products, usage         what stands above and below a bar; how a bound index is used
writing                 terms as they are computed
operations              tensors as their author wrote them
entries, tensors        the entries of small tensors; what a tensor shows of itself

This room knows terms and tensors as data, and nothing of claims, proofs or faces.
"""
