using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>Computes tr A from the p unit vectors, where an estimate would cost as much.</summary>
internal static class ExactTrace
{
    private const int Rows = 64;   // rows multiplied at once: memory stays at 64 p

    public static TraceEstimate Of(SymmetricOperator A)
    {
        var trace = 0.0;
        for (var at = 0L; at < A.Dimension; at += Rows)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(Rows, A.Dimension - at);
            var unit = zeros(count, A.Dimension, dtype: A.Precision);
            unit.narrow(1, at, count).diagonal().fill_(1);
            trace += A.Times(unit).narrow(1, at, count).diagonal().sum(ScalarType.Float64).ToDouble();
        }
        return new(trace, 0, (int)A.Dimension);
    }
}
