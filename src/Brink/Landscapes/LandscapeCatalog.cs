namespace Brink.Landscapes;

/// <summary>The landscapes by name, each with a start and a learning rate that show its typical behaviour.</summary>
public static class LandscapeCatalog
{
    // Start of the scalar products: unbalanced, with a minimum that is a third too sharp for the learning rate.
    private const double Kappa = 1.35, D = 1.2;

    /// <summary>Name of the landscape <see cref="SelfStabilization"/>.</summary>
    public const string SelfStabilizationName = "self-stabilization";

    /// <summary>All landscapes of the catalog.</summary>
    public static readonly IReadOnlyList<NamedLandscape> All =
    [
        Split("minimalist", "four scalars as two pairs, (1 - x^2 y^2)^2 / 4: the edge of stability, exactly", 2, 0.2),
        Split("even-split-3", "six scalars as two triples, (1 - x^3 y^3)^2 / 6", 3, 0.1),
        Split("even-split-4", "eight scalars as two fours, (1 - x^4 y^4)^2 / 8", 4, 0.08),
        Split("two-scalars", "(1 - x y)^2 / 2, of too low a degree for the edge of stability", 1, 0.4),
        Of(
            "four-scalars",
            "(1 - x y z w)^2 / 2, the pairs x, z and y, w not equal at the start",
            FourScalars(),
            0.05,
            [3.65, 0.3, 3.6, 0.28]),
        Of(
            "rank-one",
            "|I - x y' z w'|^2 / 2 with four vectors of R^3: they align, then their norms are four scalars",
            RankOne(3),
            0.05,
            [3.6, 0.3, -0.2, 0.28, 0.03, 0.01, 3.5, 0.4, 0.1, 0.29, 0.02, -0.01]),
        new(
            SelfStabilizationName,
            "(2/eta + w) x^2 / 2 - w: descent follows the two-variable system of the theory exactly",
            eta => SelfStabilization(1, 1, eta),
            0.05,
            _ => [0.01, -0.5]),
        Of(
            "logistic-product",
            "ln(1 + e^(-x y)): no minimum, the loss falls for ever",
            OfProduct(new OuterFunction.Logistic()),
            0.5,
            [4, 0.1]),
        Of(
            "symmetric-logistic-product",
            "ln(2 cosh(x y / 2)), an even loss of a product (Ahn et al. 2023): the edge of stability",
            OfProduct(new OuterFunction.SymmetricLogistic()),
            0.4,
            [5, 1]),
        Of(
            "squared-product",
            "(x y)^2 / 2, an even loss of a product that grows too fast",
            OfProduct(new OuterFunction.HalfSquare(0)),
            0.1,
            [4, 0.1]),
        Of(
            "quadratic",
            "(x^2 + 10 y^2) / 2: with 2/eta below its sharpness 10 descent diverges, nothing stabilizes it",
            Quadratic([1, 10]),
            0.21,
            [1, 1]),
        Of("rosenbrock", "(1 - x)^2 + 100 (y - x^2)^2: a curved valley", Rosenbrock(), 0.0019, [-1.2, 1]),
        Of("strict-saddle", "(x^2 - y^2) / 2 + y^4 / 4: a saddle that descent leaves along y", StrictSaddle(), 0.2, [1, 1e-6]),
    ];

    /// <summary>(1 - x y z w)^2 / 2 (Zhu et al. 2023).</summary>
    public static Landscape FourScalars() => new([new(new OuterFunction.HalfSquare(1), new(4, [new(1, 0, 1, 2, 3)]))]);

    /// <summary>(1 - x^k y^k)^2 / (2k), on which <see cref="EvenSplit"/> descends.</summary>
    public static Landscape EvenSplit(int k) =>
        // The weight 1/k is inside the square: ((1 - q) / k^(1/2))^2 / 2.
        new([new(
            new OuterFunction.HalfSquare(1 / Math.Sqrt(k)),
            new(2, [new(1 / Math.Sqrt(k), [.. Enumerable.Repeat(0, k), .. Enumerable.Repeat(1, k)])]))]);

    /// <summary>|I - x y^T z w^T|_F^2 / 2 for x, y, z, w in R^d, one after the other: four factors of rank one that approximate an
    /// isotropic matrix.</summary>
    /// <remarks>The exact loss of Zhu et al. 2023 was not available; this one has the property that they use: where x and w,
    /// and y and z, are parallel, the norms follow descent on four scalars. The losses differ by a constant.</remarks>
    public static Landscape RankOne(int d) => new(
    [
        .. from i in Enumerable.Range(0, d)
           from j in Enumerable.Range(0, d)
           select new LandscapeTerm(
               new OuterFunction.HalfSquare(i == j ? 1 : 0),
               new(4 * d, [.. Enumerable.Range(0, d).Select(m => new Monomial(1, i, d + m, (2 * d) + m, (3 * d) + j))])),
    ]);

    /// <summary>(2/eta + beta^(1/2) w) x^2 / 2 - (alpha / beta^(1/2)) w in (x, w): descent with this eta is the recurrence of
    /// Damian et al. 2023, section 4.1, with y = beta^(1/2) w.</summary>
    public static Landscape SelfStabilization(double alpha, double beta, double learningRate) => new(
    [
        new(
            new OuterFunction.Identity(),
            new(2, [new(1 / learningRate, 0, 0), new(Math.Sqrt(beta) / 2, 1, 0, 0), new(-alpha / Math.Sqrt(beta), 1)])),
    ]);

    /// <summary>Returns the landscape l(x y) of two scalars, where l is the outer function.</summary>
    public static Landscape OfProduct(OuterFunction outer) => new([new(outer, new(2, [new(1, 0, 1)]))]);

    /// <summary>Half the sum of h_i x_i^2.</summary>
    public static Landscape Quadratic(IReadOnlyList<double> curvatures) => new(
    [
        new(
            new OuterFunction.Identity(),
            new(curvatures.Count, [.. curvatures.Select((curvature, i) => new Monomial(curvature / 2, i, i))])),
    ]);

    /// <summary>(1 - x)^2 + 100 (y - x^2)^2, with a curved valley and the minimum (1, 1).</summary>
    public static Landscape Rosenbrock() => new(
    [
        new(new OuterFunction.HalfSquare(Math.Sqrt(2)), new(2, [new(Math.Sqrt(2), 0)])),
        new(new OuterFunction.HalfSquare(0), new(2, [new(Math.Sqrt(200), 1), new(-Math.Sqrt(200), 0, 0)])),
    ]);

    /// <summary>(x^2 - y^2) / 2 + y^4 / 4, with minima at (0, 1) and (0, -1).</summary>
    public static Landscape StrictSaddle() =>
        new([new(new OuterFunction.Identity(), new(2, [new(0.5, 0, 0), new(-0.5, 1, 1), new(0.25, 1, 1, 1, 1)]))]);

    private static NamedLandscape Of(
        string name, string summary, Landscape loss, double learningRate, IReadOnlyList<double> start) =>
        new(name, summary, _ => loss, learningRate, _ => start);

    private static NamedLandscape Split(string name, string summary, int k, double learningRate) =>
        new(
            name,
            summary,
            _ => EvenSplit(k),
            learningRate,
            eta =>
            {
                var start = new DriftPair(new EvenSplit(k, eta).CAt(Kappa), D).Scalars;
                return [start.X, start.Y];
            })
        {
            K = k,
        };
}

/// <summary>A landscape and a start on it.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Summary">The loss, and the behaviour that it shows.</param>
/// <param name="Loss">Makes the landscape for a learning rate.</param>
/// <param name="LearningRate">Default learning rate eta.</param>
/// <param name="Start">Makes the start [p] for a learning rate.</param>
public sealed record NamedLandscape(
    string Name,
    string Summary,
    Func<double, Landscape> Loss,
    double LearningRate,
    Func<double, IReadOnlyList<double>> Start)
{
    /// <summary>k where the landscape is an <see cref="EvenSplit"/>, else null.</summary>
    public int? K { get; init; }
}
