using System.Runtime.CompilerServices;
using Brink.Kernels;
using Brink.Taylor;

namespace Brink.Tests.Taylor;

/// <summary>A function that the engine lacks, defined in this file only.</summary>
public sealed class GaussianTests
{
    [Fact]
    public void A_function_defined_in_one_file_is_among_the_tested_functions()
    {
        Assert.IsType<Unary<Gaussian>>(ElementwiseFunctions.All["gaussian"]);
        Assert.Contains("gaussian", ElementwiseTests.Names.Select(row => row.Data));
        Assert.Contains(("gaussian", 256), PrimitiveTests.Names().Select(row => row.Data));
    }

    [Fact]
    public void A_model_applies_a_function_by_its_type()
    {
        using var scope = NewDisposeScope();
        var x = Value.Constant(tensor(new[] { 0.0, 1, -2 }));
        var y = x.Apply(new Gaussian()).Evaluate(zeros(1, dtype: ScalarType.Float64));
        Assert.Equal([1, Math.Exp(-0.5), Math.Exp(-2)], y.data<double>());
    }
}

/// <summary>e^(-x^2/2): each derivative is the value times a Hermite polynomial, with alternating sign.</summary>
internal readonly record struct Gaussian : IElementwise
{
    string IElementwise.Name => "gaussian";

    bool IElementwise.ReadsArgument => true;

    bool IElementwise.ReadsValue => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    L IElementwise.Value<L, T>(L x) => Elementary<L, T>.Exp(Elementary<L, T>.Of(-0.5) * x * x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    Derivatives<L> IElementwise.Derivatives<L, T>(L x, L y, int order)
    {
        var (x2, one, three, six) = (x * x, L.All(T.One), Elementary<L, T>.Of(3), Elementary<L, T>.Of(6));
        Derivatives<L> d = default;
        d.F1 = -(x * y);
        d.F2 = (x2 - one) * y;
        d.F3 = x * (three - x2) * y;
        d.F4 = ((x2 * (x2 - six)) + three) * y;
        return d;
    }

    Tensor IElementwise.Torch(Tensor x) => (-0.5 * x * x).exp();
}
