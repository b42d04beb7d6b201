namespace Brink.Tests.Spectra;

/// <summary>Symmetric matrices of known spectrum.</summary>
internal static class Matrices
{
    /// <summary>Q diag(spectrum) Q^T for a fixed orthogonal Q, rotated in its first two coordinates.</summary>
    public static Tensor WithSpectrum(double[] spectrum, double turn = 0)
    {
        var n = spectrum.Length;
        var (q, _) = linalg.qr(Networks.Uniform(77, n, n));
        if (turn != 0)
        {
            var rotation = eye(n, dtype: ScalarType.Float64);
            (rotation[2, 2], rotation[2, 3], rotation[3, 2], rotation[3, 3]) =
                (Math.Cos(turn), -Math.Sin(turn), Math.Sin(turn), Math.Cos(turn));
            (rotation[0, 0], rotation[0, 5], rotation[5, 0], rotation[5, 5]) =
                (Math.Cos(turn), -Math.Sin(turn), Math.Sin(turn), Math.Cos(turn));
            q = q.mm(rotation);
        }
        var matrix = (q * tensor(spectrum)).mm(q.t());
        return (matrix + matrix.t()) / 2;
    }
}
