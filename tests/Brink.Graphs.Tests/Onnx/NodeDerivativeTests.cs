namespace Brink.Graphs.Tests.Onnx;

/// <summary>The node tests of the ONNX project that consist of one operator, as functions of their floating-point inputs:
/// derivatives on the engine against autograd and differences.</summary>
public sealed class NodeDerivativeTests
{
    public static TheoryData<string> Names() => NodeCase.Claimed is { Count: > 0 } claimed
        ? [.. claimed.Where(name => !NodeExclusions.All.ContainsKey(name) && !name.EndsWith("_expanded", StringComparison.Ordinal))]
        : [""];

    [Theory, MemberData(nameof(Names))]
    public void Derivatives_equal_autograd_and_differences(string name)
    {
        using var scope = NewDisposeScope();
        var node = NodeCase.Read(name);
        if (node.Differentiable.Count == 0) return;
        var (inputs, theta) = node.Lifted();
        var outputs = node.Outputs(inputs);
        if (outputs.Any(output => output.Moves)) DerivativeCheck.Of(outputs, theta);
    }
}
