using System.Numerics;
using Brink.Algebra;
using Brink.Spectra;

namespace Brink.Games;

/// <summary>Kind of a fixed point under the flow w' = -xi(w).</summary>
public enum FixedPointKind
{
    /// <summary>All eigenvalues of J have a positive real part.</summary>
    Stable,

    /// <summary>All eigenvalues of J have a negative real part.</summary>
    Unstable,

    /// <summary>J has eigenvalues with positive and with negative real parts.</summary>
    Saddle,

    /// <summary>Some real parts are zero to rounding, and the others have one sign: the linear part alone does not
    /// decide.</summary>
    Neutral,
}

/// <summary>Eigenvalues of a game's Jacobian at one point, and their consequences for simultaneous gradient
/// descent.</summary>
/// <param name="Eigenvalues">All eigenvalues, or those that Arnoldi found, the largest real part first.</param>
public sealed record GameSpectrum(IReadOnlyList<Complex> Eigenvalues)
{
    // A real part below this share of the largest magnitude counts as rounding.
    private const double Zero = 1e-12;

    /// <summary>Computes all eigenvalues of a dense Jacobian [p,p].</summary>
    public static GameSpectrum Of(Tensor jacobian)
    {
        using var scope = NewDisposeScope();
        if (!jacobian.isfinite().all().ToBoolean())
            throw new ArgumentException("the Jacobian has an entry that is not finite; compute it at another point", nameof(jacobian));
        var values = linalg.eigvals(jacobian.to(ScalarType.Float64));
        var (real, imaginary) = (values.real.contiguous().data<double>().ToArray(), values.imag.contiguous().data<double>().ToArray());
        return new([.. real.Zip(imaginary, (a, b) => new Complex(a, b)).OrderByDescending(z => z.Real).ThenByDescending(z => z.Imaginary)]);
    }

    /// <summary>Computes the whole spectrum of a game at w [1,p] from p products.</summary>
    public static GameSpectrum At(IGame game, Tensor w)
    {
        using var scope = NewDisposeScope();
        return Of(Jacobian(game, w));
    }

    /// <summary>Computes the outer eigenvalues at w [1,p], for large p.</summary>
    public static GameSpectrum At(IGame game, Tensor w, Arnoldi arnoldi)
    {
        using var scope = NewDisposeScope();
        var point = game.At(w);
        var ritz = arnoldi.Solve(new LinearOperator(
            w.shape[1], w.dtype, v => point.JacobianTimes(v.unsqueeze(0)).squeeze(0)));
        return new(ritz.Converged);
    }

    /// <summary>Computes J [p,p] at w [1,p], column by column.</summary>
    public static Tensor Jacobian(IGame game, Tensor w)
    {
        using var scope = NewDisposeScope();
        var (point, p) = (game.At(w), w.shape[1]);
        var columns = zeros(p, p, dtype: w.dtype);
        for (var j = 0L; j < p; j++)
        {
            using var inner = NewDisposeScope();
            var direction = zeros_like(w);
            direction.narrow(1, j, 1).fill_(1);
            columns.narrow(0, j, 1).copy_(point.JacobianTimes(direction));
        }
        return scope.MoveToOuter(columns.t().contiguous());
    }

    /// <summary>Kind of the fixed point, by the signs of the real parts of the eigenvalues.</summary>
    public FixedPointKind Kind
    {
        get
        {
            var bound = Zero * Radius;
            var (positive, negative) = (Eigenvalues.Any(z => z.Real > bound), Eigenvalues.Any(z => z.Real < -bound));
            if (positive && negative) return FixedPointKind.Saddle;
            if (Eigenvalues.Any(z => Math.Abs(z.Real) <= bound)) return FixedPointKind.Neutral;
            return positive ? FixedPointKind.Stable : FixedPointKind.Unstable;
        }
    }

    /// <summary>True if play rotates about the point: some eigenvalue is not real.</summary>
    public bool Rotates => Eigenvalues.Any(z => Math.Abs(z.Imaginary) > Zero * Radius);

    /// <summary>Largest magnitude of an eigenvalue.</summary>
    public double Radius => Eigenvalues.Max(z => z.Magnitude);

    /// <summary>Learning rate below which simultaneous gradient descent contracts: |1 - eta lambda| is below 1 for
    /// every lambda while eta is below 2 Re lambda / |lambda|^2. Zero where the point is not stable.</summary>
    public double LargestStableStep =>
        Kind == FixedPointKind.Stable ? Eigenvalues.Min(z => 2 * z.Real / (z.Magnitude * z.Magnitude)) : 0;

    /// <summary>Asymptotic factor of the error per step of simultaneous gradient descent, max |1 - eta
    /// lambda|.</summary>
    public double Rate(double eta) => Eigenvalues.Max(z => (1 - (eta * z)).Magnitude);
}
