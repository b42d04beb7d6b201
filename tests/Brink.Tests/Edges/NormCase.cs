using Brink.Edges;
using Brink.Tests.Spectra;

namespace Brink.Tests.Edges;

/// <summary>A norm on vectors of 12 numbers, with a positive definite Hessian whose generalized sharpness is known without the
/// iteration.</summary>
internal sealed record NormCase(INorm Norm, Tensor H, double Sharpness)
{
    /// <summary>The cases: all three norms.</summary>
    public static TheoryData<string> Names => ["euclidean", "infinity", "spectral"];

    /// <summary>Two numbers, a matrix of 3 by 3, and one more number.</summary>
    public static SpectralNorm Spectral => new([new(2, 3, 3)]);

    public static NormCase Of(string name)
    {
        double[] spectrum = [9, 7, 4, 2, 1, 1, 0.5, 0.3, 0.2, 0.1, 0.05, 0.01];
        var dense = Matrices.WithSpectrum(spectrum);
        return name switch
        {
            "euclidean" => new(new EuclideanNorm(), dense, 9),
            "infinity" => new(new InfinityNorm(), dense, OverSigns(dense)),
            _ => Product(),
        };
    }

    /// <summary>The largest d.H d over all vectors of signs.</summary>
    public static double OverSigns(Tensor H)
    {
        using var scope = NewDisposeScope();
        var p = H.shape[0];
        var bits = arange(1L << (int)p).unsqueeze(1).bitwise_right_shift(arange(p)).bitwise_and(1).to(ScalarType.Float64);
        var signs = (2 * bits) - 1;
        return (signs.mm(H) * signs).sum(1).max().ToDouble();
    }

    /// <summary>D.H D = tr D^T A D B for the matrix, at most sum_i a_i b_i over sorted eigenvalues (von Neumann), and C for the other
    /// numbers.</summary>
    private static NormCase Product()
    {
        double[] a = [5, 2, 0.5], b = [3, 1, 0.1];
        var C = tensor(new[,] { { 2, 0.5, -0.3 }, { 0.5, 1, 0.2 }, { -0.3, 0.2, 1.5 } });
        var whole = zeros(12, 12, dtype: ScalarType.Float64);
        whole[2..11, 2..11] = kron(Matrices.WithSpectrum(a), Rotated(b));
        var other = tensor(new long[] { 0, 1, 11 });
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 3; j++)
                whole[other[i].ToInt64(), other[j].ToInt64()] = C[i, j];
        return new(Spectral, whole, a.Zip(b, (x, y) => x * y).Sum() + OverSigns(C));
    }

    private static Tensor Rotated(double[] spectrum)
    {
        var (Q, _) = linalg.qr(Networks.Uniform(9, spectrum.Length, spectrum.Length));
        var matrix = (Q * tensor(spectrum)).mm(Q.t());
        return (matrix + matrix.t()) / 2;
    }
}
