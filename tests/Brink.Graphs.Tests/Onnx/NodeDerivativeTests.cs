namespace Brink.Graphs.Tests.Onnx;

/// <summary>The node tests of the ONNX project that consist of one operator, as functions of their floating-point inputs:
/// derivatives on the engine against autograd and differences.</summary>
public sealed class NodeDerivativeTests
{
    // Among more numbers, some window has two maxima nearer to each other than the step of a difference.
    private const int MostParameters = 50_000;

    /// <summary>Cases with a finite input and a floating-point output that depends on it.</summary>
    public static TheoryData<string> Names() => Derived is { Count: > 0 } derived ? [.. derived] : [""];

    internal static IReadOnlyList<string> Derived { get; } =
    [
        .. NodeCase.Claimed.Where(name => !NodeExclusions.All.ContainsKey(name))
            .Where(name => !name.EndsWith("_expanded", StringComparison.Ordinal)).Where(IsDerived),
    ];

    [Theory, MemberData(nameof(Names))]
    public void Derivatives_equal_autograd_and_differences(string name)
    {
        using var scope = NewDisposeScope();
        var node = NodeCase.Read(name);
        var (inputs, theta) = node.Lifted();
        DerivativeCheck.Of(node.Outputs(inputs), theta);
    }

    private static bool IsDerived(string name)
    {
        using var scope = NewDisposeScope();
        var node = NodeCase.Read(name);
        var theta = node.Lifted().Theta;
        return theta.numel() is > 0 and <= MostParameters && theta.isfinite().all().item<bool>()
            && node.Expected().Any(output => output.is_floating_point() && output.numel() > 0);
    }
}
