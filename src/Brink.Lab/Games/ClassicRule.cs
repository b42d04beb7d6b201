using Brink.Games;
using Brink.Zoo.Games;

namespace Brink.Lab;

/// <summary>A classic solver for GANs with its settings. The learning rate of a step is rate exp(s1 tau + s3 log(1 - t/T + 0.02)),
/// with tau = 2t/T - 1.</summary>
/// <param name="Name">Name of the solver.</param>
/// <param name="Rate">Learning rate.</param>
/// <param name="Slope">Slope s1 of the schedule.</param>
/// <param name="Tail">Fall s3 of the schedule at its end.</param>
/// <param name="Strength">Strength of consensus, or of the symplectic adjustment.</param>
/// <param name="Beta1">Decay of Adam's mean.</param>
/// <param name="Beta2">Decay of Adam's mean square.</param>
public sealed record ClassicRule(
    string Name, double Rate, double Slope = 0, double Tail = 0, double Strength = 1, double Beta1 = 0.5, double Beta2 = 0.9)
{
    // Keeps the logarithm finite at t = T, as in LearnedRule.
    private const double Rest = 0.02;

    /// <summary>Names of the solvers.</summary>
    public static readonly IReadOnlyList<string> Names = ["rmsprop", "adam", "sga", "extragradient", "consensus"];

    /// <summary>Returns the solver of a step.</summary>
    /// <param name="played">Share of the steps before it.</param>
    public IGameSolver At(double played)
    {
        var rate = Rate * Math.Exp((Slope * ((2 * played) - 1)) + (Tail * Math.Log(1 - played + Rest)));
        return Name switch
        {
            "rmsprop" => new RmsPropDescent(rate),
            "adam" => new AdamDescent(rate, Beta1, Beta2),
            "sga" => new SymplecticAdjustment(rate, Strength),
            "extragradient" => new Extragradient(rate),
            "consensus" => new NormalisedConsensus(rate, Strength),
            _ => throw new ExperimentException($"'{Name}' is no solver{Nearest.Hint(Name, Names)}"),
        };
    }

    /// <summary>Returns the best of 60 random settings on the default GANs (docs/benchmarks/games.md).</summary>
    /// <exception cref="ExperimentException">There is no such solver.</exception>
    public static ClassicRule Found(string name) => name switch
    {
        "rmsprop" => new(name, 2.285e-3, Slope: -1.309, Tail: 0.154),
        "adam" => new(name, 2.285e-3, Slope: -1.309, Tail: 0.154, Beta1: 0.5, Beta2: 0.9),
        "sga" => new(name, 0.0914, Slope: 0.981, Tail: 0.084, Strength: 0.0791),
        "extragradient" => new(name, 0.01728, Slope: -0.906, Tail: 0.639),
        "consensus" => new(name, 8.521e-3, Slope: -1.806, Tail: 0.230, Strength: 0.563),
        _ => throw new ExperimentException($"'{name}' is no solver{Nearest.Hint(name, Names)}"),
    };

    /// <summary>Draws settings: rates, and strengths where the solver has one, uniform in their logarithm.</summary>
    /// <param name="name">Name of the solver.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="number">Number of the draw.</param>
    internal static ClassicRule Drawn(string name, long seed, int number)
    {
        var noise = new CountedNoise(seed, number);
        var isNormalised = name is "rmsprop" or "adam" or "consensus";
        var rate = isNormalised ? Logarithmic(ref noise, 2e-4, 2e-2) : Logarithmic(ref noise, 5e-3, 1);
        var (slope, tail) = ((3 * noise.Uniform()) - 2, noise.Uniform());
        var strength = name == "sga" ? Logarithmic(ref noise, 0.05, 5) : Logarithmic(ref noise, 0.01, 10);
        double[] means = [0, 0.5, 0.9], squares = [0.9, 0.99, 0.999];
        return new(name, rate, slope, tail, strength, means[noise.Below(means.Length)], squares[noise.Below(squares.Length)]);
    }

    private static double Logarithmic(ref CountedNoise noise, double least, double most) => least * Math.Pow(most / least, noise.Uniform());
}
