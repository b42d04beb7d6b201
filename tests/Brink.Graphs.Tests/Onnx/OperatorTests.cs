using Brink.Graphs.Onnx;
using Brink.Graphs.Onnx.Schema;
using Brink.Graphs.Tests.Models;
using Brink.Taylor;
using Google.Protobuf;

namespace Brink.Graphs.Tests.Onnx;

/// <summary>Operators that the installed node tests do not have: outputs against ONNX Runtime, derivatives against autograd and
/// differences.</summary>
public sealed class OperatorTests
{
    public static TheoryData<string> Names() => [.. OperatorCases.Names];

    [Theory, MemberData(nameof(Names))]
    public void Outputs_equal_those_of_the_runtime(string name)
    {
        using var scope = NewDisposeScope();
        var (model, inputs) = OperatorCases.Of(name);
        var graph = Read(model);
        var expected = Runtime.Output(model.ToByteArray(), graph.Inputs.Select(input => (input, inputs[input.Name])));
        var actual = Outputs(graph, inputs.Select(input => (input.Key, Quantity.Of(input.Value))))[0].Known("output");
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange((actual - expected).abs().max().item<double>(), 0, 1e-5 * expected.abs().max().item<double>());
    }

    [Theory, MemberData(nameof(Names))]
    public void Derivatives_equal_autograd_and_differences(string name)
    {
        using var scope = NewDisposeScope();
        var (model, inputs) = OperatorCases.Of(name);
        var graph = Read(model);
        var reached = Reach.Of(graph, graph.Outputs);
        var offset = 0L;
        var values = inputs.Select(input =>
        {
            if (!reached.Contains(input.Key)) return (input.Key, Quantity.Of(input.Value));
            var value = Quantity.Of(Value.Parameter(offset, [input.Value.numel()]), input.Value.shape);
            offset += value.Count;
            return (input.Key, value);
        }).ToArray();
        var theta = cat([.. inputs.Where(input => reached.Contains(input.Key)).Select(input => input.Value.flatten())]);
        DerivativeCheck.Of(Outputs(graph, values), theta);
    }

    [Fact]
    public void An_operator_that_only_libtorch_has_runs_on_autograd()
    {
        using var scope = NewDisposeScope();
        var graph = NodeCase.Read("test_det_nd").Graph;
        Assert.Equal(["Det"], GraphContent.OnAutograd(graph));
        var x = Quantity.Of(Value.Parameter(0, [18]), 2, 3, 3);
        var output = Outputs(graph, [(graph.Inputs[0].Name, x)])[0];
        var refusal = Assert.Throws<ForeignPrimitiveException>(
            () => TaylorLoss.Over(18, 1, ScalarType.Float64, (_, _) => output.Contiguous().Total(), 1));
        Assert.Equal("the engine has no primitive 'determinant'", refusal.Message);
        Assert.Empty(GraphContent.OnAutograd(NodeCase.Read("test_matmul_2d").Graph));
    }

    [Fact]
    public void Every_differentiable_operator_is_derived_by_a_test()
    {
        var names = NodeDerivativeTests.Derived;
        if (names.Count == 0) NodeCase.Read("test_abs");
        var tested = names
            .SelectMany(name => GraphContent.Operators(NodeCase.Read(name).Graph))
            .Concat(OperatorCases.Operators).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(Operator.Names(Vocabulary.Onnx)
            .Where(name => !Operator.Find(Vocabulary.Onnx, name)!.Declaration.IsFlat)
            .Except(tested, StringComparer.Ordinal)
            .Except(["If"], StringComparer.Ordinal));       // its derivatives are those of the operators in its branches
    }

    /// <summary>Reads a model in the newest opset that is read, where its own is newer.</summary>
    private static Graph Read(ModelProto model)
    {
        var read = model.Clone();
        read.OpsetImport[0].Version = Math.Min(read.OpsetImport[0].Version, Versions.NewestOpset);
        return WrittenModel.Read(read);
    }

    private static Quantity[] Outputs(Graph graph, IEnumerable<(string Name, Quantity Value)> inputs)
    {
        var scope = new GraphScope();
        foreach (var constant in graph.Constants.Values) scope[constant.Name] = Quantity.Of(constant.Data.ToTensor());
        foreach (var (name, value) in inputs) scope[name] = value;
        return scope.Evaluate(graph);
    }
}
