namespace Brink.Graphs.Tests.Onnx;

/// <summary>The node tests of the ONNX project that consist of one operator, as functions of their floating-point inputs:
/// derivatives on the engine against autograd and differences.</summary>
public sealed class NodeDerivativeTests
{
    // Among more numbers, some window has two maxima nearer to each other than the step of a difference.
    private const int MostParameters = 50_000;

    public static TheoryData<string> Names() => NodeCase.Claimed is { Count: > 0 } claimed
        ? [.. claimed.Where(name => !NodeExclusions.All.ContainsKey(name) && !name.EndsWith("_expanded", StringComparison.Ordinal))]
        : [""];

    [Theory, MemberData(nameof(Names))]
    public void Derivatives_equal_autograd_and_differences(string name)
    {
        using var scope = NewDisposeScope();
        var node = NodeCase.Read(name);
        var (inputs, theta) = node.Lifted();
        // Integer results have no derivative, and one test casts NaN.
        if (theta.numel() is 0 or > MostParameters || !theta.isfinite().all().item<bool>() || !node.Expected().Any(output => output.is_floating_point())) return;
        var outputs = node.Outputs(inputs);
        if (outputs.Any(output => output.Moves)) DerivativeCheck.Of(outputs, theta);
    }
}
