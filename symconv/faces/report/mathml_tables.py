"""What LaTeX's commands are in MathML, by kind: what the formulas of this package use, and near kin."""

from __future__ import annotations

LETTERS = {
    name: chr(code)
    for name, code in {
        "alpha": 0x3B1, "beta": 0x3B2, "gamma": 0x3B3, "delta": 0x3B4, "epsilon": 0x3F5, "varepsilon": 0x3B5,
        "zeta": 0x3B6, "eta": 0x3B7, "theta": 0x3B8, "vartheta": 0x3D1, "iota": 0x3B9, "kappa": 0x3BA,
        "lambda": 0x3BB, "mu": 0x3BC, "nu": 0x3BD, "xi": 0x3BE, "pi": 0x3C0, "rho": 0x3C1, "varrho": 0x3F1,
        "sigma": 0x3C3, "varsigma": 0x3C2, "tau": 0x3C4, "upsilon": 0x3C5, "phi": 0x3D5, "varphi": 0x3C6,
        "chi": 0x3C7, "psi": 0x3C8, "omega": 0x3C9, "Gamma": 0x393, "Delta": 0x394, "Theta": 0x398,
        "Lambda": 0x39B, "Xi": 0x39E, "Pi": 0x3A0, "Sigma": 0x3A3, "Upsilon": 0x3A5, "Phi": 0x3A6,
        "Psi": 0x3A8, "Omega": 0x3A9, "ell": 0x2113, "infty": 0x221E, "emptyset": 0x2205, "varnothing": 0x2205,
        "hbar": 0x210F, "imath": 0x131, "jmath": 0x237, "top": 0x22A4, "bot": 0x22A5, "nabla": 0x2207,
    }.items()
}  # fmt: skip

OPERATORS = {
    name: chr(code)
    for name, code in {
        "le": 0x2264, "leq": 0x2264, "ge": 0x2265, "geq": 0x2265, "leqslant": 0x2A7D, "geqslant": 0x2A7E,
        "ne": 0x2260, "neq": 0x2260, "equiv": 0x2261, "approx": 0x2248, "sim": 0x223C, "simeq": 0x2243,
        "coloneqq": 0x2254, "in": 0x2208, "notin": 0x2209, "subset": 0x2282, "subseteq": 0x2286, "cup": 0x222A,
        "cap": 0x2229, "setminus": 0x2216, "times": 0xD7, "cdot": 0x22C5, "div": 0xF7, "pm": 0xB1, "mp": 0x2213,
        "ast": 0x2217, "star": 0x22C6, "circ": 0x2218, "odot": 0x2299, "oplus": 0x2295, "otimes": 0x2297,
        "to": 0x2192, "rightarrow": 0x2192, "leftarrow": 0x2190, "mapsto": 0x21A6, "Rightarrow": 0x21D2,
        "implies": 0x21D2, "iff": 0x21D4, "Leftrightarrow": 0x21D4, "longrightarrow": 0x27F6, "forall": 0x2200,
        "exists": 0x2203, "neg": 0xAC, "lnot": 0xAC, "wedge": 0x2227, "land": 0x2227, "vee": 0x2228, "lor": 0x2228,
        "mid": 0x2223, "nmid": 0x2224, "parallel": 0x2225, "partial": 0x2202, "dots": 0x2026, "ldots": 0x2026,
        "cdots": 0x22EF, "dotsc": 0x2026, "dotsb": 0x22EF, "vdots": 0x22EE, "ddots": 0x22F1, "colon": 0x3A,
        "prime": 0x2032, "bullet": 0x2219, "backslash": 0x5C,
    }.items()
}  # fmt: skip

LARGE = {"sum": "∑", "prod": "∏", "int": "∫", "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁", "coprod": "∐"}

NAMES_WITH_LIMITS = frozenset(("max", "min", "sup", "inf", "lim", "argmax", "argmin"))

NAMES = frozenset(
    ("exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arctan", "det", "dim", "ker", "gcd", "deg", "Pr")
)

FENCES = {
    "lvert": "|", "rvert": "|", "vert": "|", "lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "langle": "⟨", "rangle": "⟩",
    "lbrace": "{", "rbrace": "}", "{": "{", "}": "}", "lbrack": "[", "rbrack": "]",
}  # fmt: skip

SPACES = {
    ",": "0.1667em", ":": "0.2222em", ">": "0.2222em", ";": "0.2778em", " ": "0.25em",
    "quad": "1em", "qquad": "2em", "enspace": "0.5em", "thinspace": "0.1667em", "medspace": "0.2222em",
    "thickspace": "0.2778em",
}  # fmt: skip

ACCENTS = {
    "hat": "^", "widehat": "^", "tilde": "~", "widetilde": "~", "bar": "¯", "overline": "¯", "vec": "→", "dot": "˙",
    "ddot": "¨",
}  # fmt: skip

SIZES = frozenset(size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m"))
"""Commands that make the delimiter after them larger; in MathML delimiters grow by themselves."""

TEXT = {
    "textless": "<", "textgreater": ">", "textbar": "|", "textasciicircum": "^", "textasciitilde": "\N{TILDE OPERATOR}",
    "textquotedbl": '"', "textasciigrave": "`", "ldots": "…",
}  # fmt: skip

IGNORED = frozenset(("!", "negthinspace", "limits", "nolimits", "displaylimits", "relax", "allowbreak", "nobreak"))
"""No look of their own; a negative space is dropped, since browsers have none."""

# Where each alphabet begins in Unicode: capitals, small letters, digits (None where it has none).
ALPHABETS = {
    "mathbf": (0x1D400, 0x1D41A, 0x1D7CE),
    "boldsymbol": (0x1D468, 0x1D482, 0x1D7CE),
    "mathcal": (0x1D49C, None, None),
    "mathbb": (0x1D538, 0x1D552, 0x1D7D8),
    "mathsf": (0x1D5A0, 0x1D5BA, 0x1D7E2),
    "mathtt": (0x1D670, 0x1D68A, 0x1D7F6),
}

# Letters that Unicode had before the alphabets, and left out there.
EXCEPTIONS = {
    "mathcal": {"B": "ℬ", "E": "ℰ", "F": "ℱ", "H": "ℋ", "I": "ℐ", "L": "ℒ", "M": "ℳ", "R": "ℛ"},
    "mathbb": {"C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"},
}
