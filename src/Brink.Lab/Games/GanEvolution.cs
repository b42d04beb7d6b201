using Brink.Games;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Settings of a training of a rule for GANs by persistent evolution strategies, on 16 Gaussians.</summary>
/// <param name="Steps">Steps of the training.</param>
/// <param name="Pairs">Antithetic pairs of GANs.</param>
/// <param name="Truncation">Steps of a GAN between two estimates.</param>
/// <param name="Horizon">Steps of a GAN.</param>
/// <param name="Sigma">Standard deviation of a perturbation.</param>
/// <param name="LearningRate">Learning rate of Adam until the half of the steps.</param>
/// <param name="LaterRate">Learning rate afterwards.</param>
/// <param name="StepLength">Step size of the initial rule.</param>
/// <param name="Strength">Strength of consensus of the initial rule.</param>
/// <param name="Decay">Decay of the mean square of the initial rule.</param>
/// <param name="Width">Hidden units per layer of both networks.</param>
/// <param name="Depth">Hidden layers of both networks.</param>
/// <param name="Latent">Inputs of the generator.</param>
/// <param name="Batch">Samples per step of a GAN.</param>
/// <param name="MeasureEvery">Steps between two measurements of the loss.</param>
/// <param name="Measured">Samples of a measurement.</param>
/// <param name="Seed">Seed of all random numbers.</param>
public sealed record GanEvolution(
    int Steps = 1500,
    int Pairs = 16,
    int Truncation = 50,
    int Horizon = 1000,
    double Sigma = 0.3,
    double LearningRate = 0.03,
    double LaterRate = 0.01,
    double StepLength = 2e-3,
    double Strength = 0.3,
    double Decay = 0.9,
    int Width = 32,
    int Depth = 2,
    int Latent = 8,
    int Batch = 64,
    int MeasureEvery = 25,
    int Measured = 256,
    long Seed = 1) : Study(Seed)
{
    /// <inheritdoc/>
    public override string Kind => GameSchema.GanEvolution;

    private GanTrial Trial => new("grid", Width, Depth, Latent, Batch, Horizon);

    /// <exception cref="ExperimentException">A value is invalid; the message gives the first.</exception>
    public override GanEvolution Checked()
    {
        foreach (var (name, value) in new[]
        {
            ("steps", Steps), ("pairs", Pairs), ("truncation", Truncation), ("horizon", Horizon), ("measure_every", MeasureEvery),
        })
        {
            AtLeast(name, value, 1);
        }
        AtLeast("measured", Measured, 2);
        foreach (var (name, value) in new[]
        {
            ("sigma", Sigma), ("learning_rate", LearningRate), ("later_rate", LaterRate), ("step_length", StepLength),
            ("strength", Strength), ("decay", Decay),
        })
        {
            Positive(name, value);
        }
        if (Decay >= 1) throw new ExperimentException($"decay: {Decay}; it must be below 1");
        if (Horizon % Truncation != 0) throw new ExperimentException($"truncation: {Truncation}; it must divide the horizon, {Horizon}");
        if (Truncation % MeasureEvery != 0)
            throw new ExperimentException($"measure_every: {MeasureEvery}; it must divide the truncation, {Truncation}");
        (Trial with { Seeds = 2 * Pairs }).Checked();
        return this;
    }

    /// <summary>Returns the method of training.</summary>
    internal PersistentEvolution Method() => new(
        new EvolvedGans(Trial, MeasureEvery, Measured, (Seed + 1) * 1_000_000_007),
        RuleLayout.Of(Trial.Shape.Parts).Constant(StepLength, Strength, Decay),
        Horizon,
        Steps,
        Pairs,
        Truncation,
        Sigma,
        LearningRate: LearningRate,
        LaterRate: LaterRate,
        Seed: Seed);
}
