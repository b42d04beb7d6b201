namespace Brink.Spectra;

/// <summary>All Ritz pairs of an orthonormal basis V [m,p] with products V A [m,p], the largest
/// first.</summary>
internal sealed class Ritz
{
    private Ritz(double[] values, Tensor vectors, Tensor products, double[] residuals)
    {
        (Values, Vectors, Products, Residuals) = (values, vectors, products, residuals);
        Largest = values.Length == 0 ? 0 : values.Max(Math.Abs);
        IsFinite = values.All(double.IsFinite);
        Epsilon = vectors.dtype == ScalarType.Float64 ? Math.ScaleB(1, -52) : Math.ScaleB(1, -23);
    }

    public double[] Values { get; }     // descending
    public Tensor Vectors { get; }      // X [m,p]
    public Tensor Products { get; }     // X A [m,p]
    public double[] Residuals { get; }  // ||x A - value x||
    public double Largest { get; }      // largest magnitude
    public bool IsFinite { get; }
    public double Epsilon { get; }      // of the precision

    public static Ritz Of(Tensor V, Tensor AV)
    {
        var m = (int)V.shape[0];
        // T is m by m: its decomposition in float64 costs nothing, and its rounding does not add to the
        // products'.
        var T = V.mm(AV.t()).to(ScalarType.Float64);
        if (!T.isfinite().all().ToBoolean())
        {
            var nan = Enumerable.Repeat(double.NaN, m).ToArray();
            return new(nan, V, AV, nan);   // eigh would refuse it
        }
        var (values, basis) = linalg.eigh((T + T.t()) / 2);
        var descending = basis.flip(1).t().contiguous().to(V.dtype);   // rows
        var (X, AX) = (descending.mm(V), descending.mm(AV));
        var lambda = values.flip(0);
        var residuals = (AX - lambda.to(V.dtype).unsqueeze(1) * X).norm(1);
        return new(lambda.data<double>().ToArray(), X, AX, residuals.to(ScalarType.Float64).data<double>().ToArray());
    }

    public Tensor Residual(int i) => Products[i] - Values[i] * Vectors[i];
}
