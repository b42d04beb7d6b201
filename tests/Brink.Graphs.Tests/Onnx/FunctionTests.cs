using Brink.Graphs.Onnx.Schema;
using static Brink.Graphs.Tests.Onnx.Protos;

namespace Brink.Graphs.Tests.Onnx;

/// <summary>Local functions, which are inlined.</summary>
public class FunctionTests
{
    private static readonly string[] X = ["x"], Y = ["y"];

    [Fact]
    public void A_call_becomes_the_nodes_of_the_function_in_its_opset()
    {
        var function = Function("Twice", ["a"], ["b"], Node("Relu", ["a"], ["t"]), Node("Add", ["t", "t"], ["b"]));
        var graph = WrittenModel.Read(Model(Graph(X, Y, Call("Twice", X, ["t"]), Call("Twice", ["t"], Y)), function));
        Assert.Equal(["Relu", "Add", "Relu", "Add"], graph.Nodes.Select(node => node.Operator));
        Assert.All(graph.Nodes, node => Assert.Equal(17, node.Version));
        AssertSound(graph);
        Assert.Equal("t", graph.Nodes[1].Outputs[0]);
        Assert.Equal("y", graph.Nodes[3].Outputs[0]);
        Assert.Equal("/layer/Twice_t//layer/Relu_t", graph.Nodes[0].Name);
        Assert.Equal("layer.layer", graph.Nodes[0].Layer);
        Assert.Contains("2 calls of 1 local functions are inlined.", graph.Remarks);
    }

    [Fact]
    public void Attributes_are_those_of_the_call_through_two_functions_or_their_defaults()
    {
        var inner = Function(
            "Inner", ["a"], ["b"],
            Node("Softmax", ["a"], ["t"], Reference("axis", "at", AttributeProto.Types.AttributeType.Int)),
            Node("LogSoftmax", ["t"], ["b"], Reference("axis", "unset", AttributeProto.Types.AttributeType.Int)));
        inner.AttributeProto.Add(Int("at", 7));
        inner.Attribute.Add("unset");
        var outer = Function(
            "Outer", ["a"], ["b"],
            Call("Inner", ["a"], ["t"], Reference("at", "which", AttributeProto.Types.AttributeType.Int)),
            Call("Inner", ["t"], ["b"]));
        var graph = WrittenModel.Read(Model(Graph(X, Y, Call("Outer", X, Y, Int("which", 1))), inner, outer));
        Assert.Equal(new Argument.Integer(1), graph.Nodes[0].Attributes["axis"]);
        Assert.Empty(graph.Nodes[1].Attributes);
        Assert.Equal(new Argument.Integer(7), graph.Nodes[2].Attributes["axis"]);
        AssertSound(graph);
    }

    [Fact]
    public void An_omitted_input_stays_omitted_and_an_unused_output_gets_a_name()
    {
        var function =
            Function("F", ["a", "low", "high"], ["b", "c"], Node("Clip", ["a", "low", "high"], ["b"]), Node("Neg", ["a"], ["c"]));
        var graph = WrittenModel.Read(Model(Graph(X, Y, Call("F", ["x", "", "x"], Y)), function));
        Assert.Equal([new Argument.Reference("x"), new Argument.Missing(), new Argument.Reference("x")], graph.Nodes[0].Inputs);
        Assert.NotEqual("", graph.Nodes[1].Outputs[0]);
    }

    [Fact]
    public void A_constant_of_a_function_is_one_tensor_in_all_calls()
    {
        var function = Function(
            "F", ["a"], ["b"], Node("Constant", [], ["w"], Tensor("value", Raw("", 1, 2))), Node("Mul", ["a", "w"], ["b"]));
        var graph = WrittenModel.Read(Model(Graph(X, Y, Call("F", X, ["t"]), Call("F", ["t"], Y)), function));
        var constant = Assert.Single(graph.Constants.Values);
        Assert.All(graph.Nodes, node => Assert.Equal(new Argument.Reference(constant.Name), node.Inputs[1]));
    }

    [Fact]
    public void A_function_that_returns_its_input_keeps_the_name_of_the_output()
    {
        var graph = WrittenModel.Read(Model(Graph(X, Y, Call("F", X, Y)), Function("F", ["a"], ["a"])));
        var node = Assert.Single(graph.Nodes);
        Assert.Equal(("Identity", "y"), (node.Operator, node.Outputs[0]));
        AssertSound(graph);
    }

    [Fact]
    public void A_function_with_a_nested_graph_reads_its_own_values_in_it()
    {
        var branch = Graph([], ["r"], Node("Neg", ["a"], ["r"]));
        var function = Function(
            "F", ["a", "c"], ["b"], Node("If", ["c"], ["b"], Body("then_branch", branch), Body("else_branch", branch.Clone())));
        var graph = WrittenModel.Read(Model(
            Graph(X, Y, Node("Cast", X, ["c"], Int("to", 9)), Call("F", ["x", "c"], ["t"]), Call("F", ["t", "c"], Y)), function));
        AssertSound(graph);
        var bodies = graph.Nodes.SelectMany(node => node.Attributes.Values).OfType<Argument.Body>().Select(body => body.Graph).ToArray();
        Assert.Equal(["x", "x", "t", "t"], bodies.Select(body => ((Argument.Reference)body.Nodes[0].Inputs[0]).Name));
    }

    [Fact]
    public void Recursion_is_refused()
    {
        var f = Function("F", ["a"], ["b"], Call("G", ["a"], ["b"]));
        var g = Function("G", ["a"], ["b"], Call("F", ["a"], ["b"]));
        Assert.Contains(
            "the function 'F' calls itself",
            WrittenModel.Refusal(Model(Graph(X, Y, Call("F", X, Y)), f, g)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_small_file_that_expands_without_bound_is_refused()
    {
        FunctionProto[] functions =
        [
            .. Enumerable.Range(0, 60).Select(i =>
                Function($"F{i}", ["a"], ["b"], Call($"F{i + 1}", ["a"], ["t"]), Call($"F{i + 1}", ["t"], ["b"]))),
            Function("F60", ["a"], ["b"], Node("Neg", ["a"], ["b"])),
        ];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = WrittenModel.Refusal(Model(Graph(X, Y, Call("F0", X, Y)), functions));
        Assert.Contains("expand to too many nodes", refusal, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200 << 20);
    }

    [Fact]
    public void Functions_nested_too_deep_are_refused()
    {
        FunctionProto[] functions =
        [
            .. Enumerable.Range(0, 100).Select(i => Function($"F{i}", ["a"], ["b"], Call($"F{i + 1}", ["a"], ["b"]))),
            Function("F100", ["a"], ["b"], Node("Neg", ["a"], ["b"])),
        ];
        Assert.Contains(
            "more than 64 graphs and functions are nested",
            WrittenModel.Refusal(Model(Graph(X, Y, Call("F0", X, Y)), functions)),
            StringComparison.Ordinal);
    }

    /// <summary>Every value has a name of its own, and every reference is to an earlier value.</summary>
    internal static void AssertSound(Graph graph)
    {
        var known = new HashSet<string>(graph.Constants.Keys, StringComparer.Ordinal);
        Check(graph, known);

        static void Check(Graph graph, HashSet<string> known)
        {
            Assert.All(graph.Inputs, input => Assert.True(known.Add(input.Name), input.Name));
            foreach (var node in graph.Nodes)
            {
                Assert.All(node.Inputs.OfType<Argument.Reference>(), reference => Assert.Contains(reference.Name, known));
                foreach (var body in node.Attributes.Values.OfType<Argument.Body>())
                {
                    Assert.Empty(body.Graph.Constants);
                    Check(body.Graph, known);
                }
                Assert.All(node.Outputs.Where(name => name.Length > 0), name => Assert.True(known.Add(name), name));
            }
            Assert.All(graph.Outputs, name => Assert.Contains(name, known));
        }
    }
}
