namespace Brink.Graphs.Operators.Onnx;

/// <summary>Control flow of ONNX that is known once the data are.</summary>
[Operators(Vocabulary.Onnx)]
internal static class Control
{
    [Operator("If", Fixed = [0])]
    private static Quantity[] If(Call call)
    {
        var holds = call.Input(0).Known("condition").to(ScalarType.Bool).reshape().item<bool>();
        return call.Argument(holds ? "then_branch" : "else_branch") is Argument.Body branch
            ? new GraphScope(call.Scope).Evaluate(branch.Graph)
            : throw new GraphException("a branch is missing");
    }
}
