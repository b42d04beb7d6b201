namespace Brink.Optimizers;

/// <summary>The constants of batch normalization preconditioning.</summary>
/// <param name="Rho">Share of the running statistics that a step keeps; from 0 (those of the last batch alone) to below
/// 1.</param>
/// <param name="RelativeFloor">eps1: share of the layer's largest variance that is added to each. At least 0.</param>
/// <param name="AbsoluteFloor">eps2: constant that is added besides, in units of the inputs squared. At least 0; not both
/// 0.</param>
/// <param name="InitialMean">Mean mu before the first step.</param>
/// <param name="InitialVariance">Variance sigma^2 before the first step, at least 0.</param>
/// <param name="Rows">Rows that the N in q^2 = max(n/N, 1) counts.</param>
public sealed record BnpSettings(
    double Rho = 0.99,
    double RelativeFloor = 1e-2,
    double AbsoluteFloor = 1e-4,
    double InitialMean = 0,
    double InitialVariance = 1,
    BnpRows Rows = BnpRows.Positions)
{
    internal BnpSettings Checked()
    {
        if (Rho is not (>= 0 and < 1)) throw OutOfRange(nameof(Rho), Rho, "at least 0 and below 1");
        if (!(RelativeFloor >= 0 && double.IsFinite(RelativeFloor)))
            throw OutOfRange(nameof(RelativeFloor), RelativeFloor, "at least 0");
        if (!(AbsoluteFloor >= 0 && double.IsFinite(AbsoluteFloor)))
            throw OutOfRange(nameof(AbsoluteFloor), AbsoluteFloor, "at least 0");
        if (RelativeFloor + AbsoluteFloor == 0)
        {
            throw OutOfRange(
                nameof(AbsoluteFloor), AbsoluteFloor, "above 0 if RelativeFloor is 0, because a constant input has variance 0");
        }
        if (!double.IsFinite(InitialMean)) throw OutOfRange(nameof(InitialMean), InitialMean, "finite");
        if (!(InitialVariance >= 0 && double.IsFinite(InitialVariance)))
            throw OutOfRange(nameof(InitialVariance), InitialVariance, "at least 0");
        return this;
    }

    private static ArgumentException OutOfRange(string name, double value, string bound) =>
        new($"{name} is {value}; it must be {bound}", name);
}

/// <summary>The rows of a layer's input matrix, whose norm q bounds.</summary>
public enum BnpRows
{
    /// <summary>Each place where the layer's weights are applied: for a convolution every output position of every sample, for
    /// a dense layer on [b,t,n] every one of the b t vectors. These are the actual rows of the matrix.</summary>
    Positions,

    /// <summary>Each sample, however many positions it has: neighbouring patches are similar, and the norm of their matrix may
    /// be as large as with fewer rows. This is the more cautious choice, with shorter steps at small batches.</summary>
    Samples,
}
