using Brink.Algebra;

namespace Brink.Spectra;

/// <summary>Estimates the spectral density of a symmetric operator, phi(x) = 1/p sum_i delta(x - lambda_i), by stochastic
/// Lanczos quadrature.</summary>
/// <remarks>For a random unit vector v the tridiagonal matrix T of Lanczos' method is the Gauss rule of the measure sum_i
/// (v.q_i)^2 delta(x - lambda_i), whose mean over v is phi. The nodes are T's eigenvalues, the weights the squared first
/// entries of its eigenvectors (Golub and Meurant 2010, chapter 6; Ubaru, Chen and Saad 2017, Algorithm 1; for networks
/// Ghorbani, Krishnan and Xiao 2019). Every Lanczos vector is orthogonalised against all before it, so that no node appears
/// twice. Probes run one at a time: memory is Steps rows of p numbers.</remarks>
/// <param name="Probes">Number of random vectors; standard errors need at least 2.</param>
/// <param name="Steps">Number of products for each, capped at p; fewer where the space becomes invariant, and the rule
/// exact.</param>
/// <param name="Seed">Seed of the probes.</param>
/// <param name="Distribution">Distribution of the entries of a probe, before it is scaled to length 1.</param>
public sealed record SpectralDensity(
    int Probes, int Steps, long Seed = 0, ProbeDistribution Distribution = ProbeDistribution.Rademacher)
{
    /// <summary>Computes the quadrature of A. A non-finite product makes all nodes of its probe NaN.</summary>
    /// <param name="A">The operator.</param>
    /// <param name="progress">Receives the number of products so far, and the largest possible number.</param>
    public SpectralQuadrature Quadrature(SymmetricOperator A, Action<int, int>? progress = null)
    {
        if (Probes < 1 || Steps < 1)
            throw new InvalidOperationException(
                $"Probes is {Probes} and Steps is {Steps}; both must be at least 1");
        var steps = (int)Math.Min(Steps, A.Dimension);
        var rules = new List<GaussRule>();
        var products = 0;
        for (var probe = 0; probe < Probes; probe++)
        {
            using var scope = NewDisposeScope();
            using var basis = new KrylovBasis(A, steps, 1);
            basis.Continue(RandomRows.Draw(A, 1, Seed, probe, Distribution));
            while (basis.Next > 0 && basis.Count < steps)
            {
                basis.Extend();
                products++;
                progress?.Invoke(products, Probes * steps);
            }
            rules.Add(Rule(basis));
        }
        return new(rules, A.Dimension, products);
    }

    private static GaussRule Rule(KrylovBasis basis)
    {
        if (!basis.IsFinite) return new([double.NaN], [1], IsExact: false);
        var (values, coordinates, _, _) = basis.Ritz();
        return new(values, coordinates.select(1, 0).square().data<double>().ToArray(), basis.Next == 0);
    }
}

/// <summary>The nodes of one probe, descending, and their weights, which sum to 1.</summary>
/// <param name="Nodes">Ritz values: inside the spectrum, and close to eigenvalues at its ends.</param>
/// <param name="Weights">Weight of each node in the probe.</param>
/// <param name="IsExact">True if the space became invariant: the nodes are then eigenvalues.</param>
public sealed record GaussRule(IReadOnlyList<double> Nodes, IReadOnlyList<double> Weights, bool IsExact)
{
    internal double Mean(Func<double, double> f) => Nodes.Zip(Weights).Sum(pair => pair.Second * f(pair.First));
}
