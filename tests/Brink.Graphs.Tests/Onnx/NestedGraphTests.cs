using Brink.Graphs.Onnx.Schema;
using static Brink.Graphs.Tests.Onnx.Protos;

namespace Brink.Graphs.Tests.Onnx;

/// <summary>Nested graphs: branches and bodies of loops.</summary>
public class NestedGraphTests
{
    [Fact]
    public void Branches_have_names_of_their_own_and_their_tensors_belong_to_the_outermost_graph()
    {
        var graph = WrittenModel.Read(Model(Graph(
            ["x"], ["y"],
            Node("Cast", ["x"], ["c"], Int("to", 9)),
            Node(
                "If", ["c"], ["y"],
                Body("then_branch", Graph([], ["r"], Node("Mul", ["x", "w"], ["r"])).With(Raw("w", 1, 2))),
                Body(
                    "else_branch",
                    Graph([], ["r"], Node("Constant", [], ["w"], Tensor("value", Raw("", 3, 4))), Node("Add", ["x", "w"], ["r"])))),
            Node("Relu", ["x"], ["r"]))));
        FunctionTests.AssertSound(graph);
        Assert.Equal(2, graph.Constants.Count);
        Assert.All(graph.Constants.Values, constant => Assert.Equal("w", constant.Title));
        var branches = graph.Nodes[1].Attributes.Values.Cast<Argument.Body>().ToArray();
        Assert.All(branches, branch => Assert.Equal("x", ((Argument.Reference)branch.Graph.Nodes[0].Inputs[0]).Name));
        Assert.Equal("r", graph.Nodes[2].Outputs[0]);
        Assert.NotEqual(branches[0].Graph.Outputs[0], branches[1].Graph.Outputs[0]);
    }

    [Fact]
    public void A_loop_has_inputs_in_its_body()
    {
        var body = Graph([], ["go", "s"], Node("Identity", ["c"], ["go"]), Node("Add", ["v", "x"], ["s"]));
        body.Input.Add([Value("i", TensorProto.Types.DataType.Int64), Value("c", TensorProto.Types.DataType.Bool), Value("v")]);
        var graph = WrittenModel.Read(Model(Graph(["x"], ["y"], Node("Loop", ["", "", "x"], ["y"], Body("body", body)))));
        FunctionTests.AssertSound(graph);
        var inner = Assert.IsType<Argument.Body>(graph.Nodes[0].Attributes["body"]).Graph;
        Assert.Equal([ElementType.Int64, ElementType.Bool, ElementType.Float32], inner.Inputs.Select(input => input.Type));
        Assert.Equal([new Argument.Missing(), new Argument.Missing(), new Argument.Reference("x")], graph.Nodes[0].Inputs);
    }

    [Fact]
    public void Branches_nested_too_deep_are_refused()
    {
        var branch = Graph([], ["r"], Node("Neg", ["x"], ["r"]));
        for (var i = 0; i < 200; i++) branch = Graph([], ["r"], Node("If", ["x"], ["r"], Body("then_branch", branch)));
        Assert.Contains(
            "damaged, or not an ONNX file",
            WrittenModel.Refusal(Model(Graph(["x"], ["r"], branch.Node[0]))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_of_a_branch_is_unknown_outside() => Assert.Contains(
        "its input 't' does not exist",
        WrittenModel.Refusal(Model(Graph(
            ["x"], ["y"],
            Node("If", ["x"], ["c"], Body("then_branch", Graph([], ["t"], Node("Neg", ["x"], ["t"])))),
            Node("Neg", ["t"], ["y"])))),
        StringComparison.Ordinal);
}
