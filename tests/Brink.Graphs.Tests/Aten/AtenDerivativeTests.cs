namespace Brink.Graphs.Tests.Aten;

/// <summary>Each differentiable operator of ATen: derivatives on the engine against autograd and differences.</summary>
public sealed class AtenDerivativeTests
{
    // Results of integers only.
    private static readonly string[] OfIntegers =
    [
        "aten.div.Tensor_mode", "aten.div.Scalar_mode", "aten.floor_divide", "aten.remainder.Scalar", "aten.remainder.Tensor",
        "operator.add", "operator.sub", "operator.mul", "operator.floordiv", "operator.mod", "operator.neg",
    ];

    public static TheoryData<string> Names() => [.. AtenCases.All.Select(call => call.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Derivatives_equal_autograd_and_differences(string name)
    {
        using var scope = NewDisposeScope();
        var (results, theta) = AtenCases.All.Single(call => string.Equals(call.Name, name, StringComparison.Ordinal)).Evaluate();
        DerivativeCheck.Of(results, theta);
    }

    [Fact]
    public void Every_differentiable_operator_has_a_case() => Assert.Empty(Operator.Names(Vocabulary.Aten)
        .Where(name => !Operator.Find(Vocabulary.Aten, name)!.Declaration.IsFlat)
        .Except(OfIntegers).Except(AtenCases.All.Select(call => call.Operator)));
}
