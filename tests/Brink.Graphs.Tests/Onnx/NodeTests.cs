using Brink.Taylor;

namespace Brink.Graphs.Tests.Onnx;

/// <summary>The node tests of the ONNX project, forward: first with all inputs as data, then with those that the outputs depend on
/// differentiably as parameters.</summary>
public sealed class NodeTests
{
    // The tolerance of ONNX's own runner.
    private const double Relative = 1e-3, Absolute = 1e-7;

    public static TheoryData<string> Names() => NodeCase.Claimed is { Count: > 0 } claimed
        ? [.. claimed.Where(name => !NodeExclusions.All.ContainsKey(name))]
        : [""];

    public static TheoryData<string> DifferentiableNames() => NodeCase.Claimed is { Count: > 0 } claimed
        ? [.. claimed.Where(name => !NodeExclusions.All.ContainsKey(name)).Where(IsDifferentiable)]
        : [""];

    [Theory, MemberData(nameof(Names))]
    public void Outputs_of_data_equal_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var node = NodeCase.Read(name);
        var outputs = node.Outputs(node.Inputs().Select(input => (input.Key, Quantity.Of(input.Value))));
        Close(node.Expected(), outputs.Select(output => output.Known("output")));
    }

    [Theory, MemberData(nameof(DifferentiableNames))]
    public void Outputs_of_parameters_equal_the_reference(string name)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var node = NodeCase.Read(name);
        var (inputs, theta) = node.Lifted();
        var outputs = node.Outputs(inputs);
        Close(node.Expected(), outputs.Select(output => output.Data ?? output.Contiguous().Evaluate(theta).reshape(output.Shape)));
    }

    private static bool IsDifferentiable(string name)
    {
        using var scope = NewDisposeScope();
        var node = NodeCase.Read(name);
        return node.Differentiable.Count > 0 && node.Expected().Any(output => output.is_floating_point());
    }

    private static void Close(IReadOnlyList<Tensor> expected, IEnumerable<Tensor> outputs)
    {
        var actual = outputs.ToArray();
        Assert.Equal(expected.Count, actual.Length);
        for (var i = 0; i < actual.Length; i++)
        {
            Assert.Equal(expected[i].shape, actual[i].shape);
            Assert.Equal(expected[i].is_floating_point(), actual[i].is_floating_point());
            var (x, y) = (expected[i].to(ScalarType.Float64), actual[i].to(ScalarType.Float64));
            if (x.numel() > 0 && !x.allclose(y, Relative, Absolute, equal_nan: true))
                Assert.Fail($"output {i} differs from the reference:\n{x.str()}\n{y.str()}");
        }
    }
}
