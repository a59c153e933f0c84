"""Python's expressions in this package's syntax: operators as methods, keywords in one object, indices as text."""
import ast

OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.MatMult: "matmul", ast.Pow: "pow",
    ast.Mod: "remainder", ast.FloorDiv: "floor_divide", ast.BitAnd: "bitwise_and", ast.BitOr: "bitwise_or",
    ast.BitXor: "bitwise_xor", ast.LShift: "bitwise_left_shift", ast.RShift: "bitwise_right_shift",
    ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge",
}  # fmt: skip
DATA = {"tensor", "as_tensor", "asarray"}
"""Functions whose whole numbers make int64, which are bigints here."""


def slice_text(node):
    def bound(each):
        return "" if each is None else str(ast.literal_eval(each))

    text = f"{bound(node.lower)}:{bound(node.upper)}"
    return f"'{text}:{bound(node.step)}'" if node.step is not None else f"'{text}'"


def is_class(node):
    """nn.Linear(...), torch.Generator(...): made with `new`."""
    return isinstance(node, ast.Attribute) and node.attr[:1].isupper() and node.attr not in {"Size"}


class Translator:
    def __init__(self):
        self.data = False  # inside the data of torch.tensor
        self.known = set()

    def expression(self, node):
        return getattr(self, f"visit_{type(node).__name__}")(node)

    def visit_Constant(self, node):
        value = node.value
        if value is None:
            return "null"
        if value is Ellipsis:
            return "'...'"
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int):
            return f"{value}n" if self.data or abs(value) > 2**53 else str(value)
        if isinstance(value, complex):
            return f"new torch.Complex({value.real}, {value.imag})"
        if isinstance(value, str):
            return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"
        return repr(value)

    def visit_Name(self, node):
        return node.id

    def visit_Attribute(self, node):
        return f"{self.expression(node.value)}.{node.attr}"

    def visit_List(self, node):
        return "[" + ", ".join(map(self.expression, node.elts)) + "]"

    visit_Tuple = visit_List

    def visit_Dict(self, node):
        pairs = (f"{key.value}: {self.expression(value)}" for key, value in zip(node.keys, node.values))
        return "{ " + ", ".join(pairs) + " }"

    def visit_ListComp(self, node):
        loop = node.generators[0]
        return f"{self.expression(loop.iter)}.map(({loop.target.id}) => {self.expression(node.elt)})"

    def visit_Lambda(self, node):
        return f"({', '.join(each.arg for each in node.args.args)}) => {self.expression(node.body)}"

    def visit_UnaryOp(self, node):
        operand = self.expression(node.operand)
        if isinstance(node.op, ast.USub):
            return f"-{operand}" if isinstance(node.operand, ast.Constant) else f"{operand}.neg()"
        return f"{operand}.bitwise_not()"

    def visit_BinOp(self, node):
        if isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant):
            return self.visit_Constant(ast.Constant(ast.literal_eval(node)))  # 1.5 + 2j
        return f"{self.expression(node.left)}.{OPERATORS[type(node.op)]}({self.expression(node.right)})"

    def visit_Compare(self, node):
        return f"{self.expression(node.left)}.{OPERATORS[type(node.ops[0])]}({self.expression(node.comparators[0])})"

    def index(self, node):
        return slice_text(node) if isinstance(node, ast.Slice) else self.expression(node)

    def indices(self, node):
        return ", ".join(map(self.index, node.elts if isinstance(node, ast.Tuple) else [node]))

    def visit_Subscript(self, node):
        return f"{self.expression(node.value)}.index({self.indices(node.slice)})"

    def visit_Call(self, node):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name == "len":
            return f"{self.expression(node.args[0])}.length"
        outside, self.data = self.data, name in DATA
        positional = [self.expression(each) for each in node.args]
        self.data = outside
        if node.keywords:
            positional.append("{ " + ", ".join(f"{k.arg}: {self.expression(k.value)}" for k in node.keywords) + " }")
        called = f"{self.expression(node.func)}({', '.join(positional)})"
        return f"new {called}" if is_class(node.func) else called

    def statement(self, node):
        if isinstance(node, ast.Expr):
            return self.expression(node.value)
        if isinstance(node, ast.AugAssign):
            return f"{self.expression(node.target)}.{OPERATORS[type(node.op)]}_({self.expression(node.value)})"
        target = node.targets[0]
        value = self.expression(node.value)
        if isinstance(target, ast.Subscript):
            return f"{self.expression(target.value)}.index_put_([{self.indices(target.slice)}], {value})"
        if isinstance(target, ast.Attribute) or target.id in self.known:
            return f"{self.expression(target)} = {value}"
        self.known.add(target.id)
        return f"const {target.id} = {value}"


def translate(python):
    """`x[1:] += 2` and `F.pad(x, (1, 1), mode='reflect')` become JavaScript; several statements are joined by `;`."""
    translator = Translator()
    return "; ".join(map(translator.statement, ast.parse(python).body))
