using Brink.Distributed;
using Brink.Runs;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>All settings that determine the numbers of a run. They are saved with the run and reproduce it.</summary>
/// <param name="Data">Training data.</param>
/// <param name="Model">Network to train.</param>
/// <param name="Loss">Loss of one sample.</param>
/// <param name="LabelSmoothing">Share of each target that is spread over all classes.</param>
/// <param name="WeightDecay">lambda of the additional loss term lambda/2 ||theta||^2.</param>
/// <param name="LearningRate">Learning rate eta.</param>
/// <param name="Seed">Seed of the initial parameters and of the random rows of the eigenpair trackers.</param>
/// <param name="MicroBatch">Samples in one forward pass; it changes memory and speed, not the result.</param>
/// <param name="ExpansionBudgetMb">MiB that one expansion of the loss may keep.</param>
/// <param name="Descent">The run to instability.</param>
/// <param name="Tracking">The tracked phase after it.</param>
/// <param name="Steering">Trainings under policies besides the trajectories of the paper.</param>
/// <param name="Engine">Engine that differentiates the loss.</param>
/// <param name="Reduction">How the loss is added over the samples: fast, or fixed, which gives the same bits on any number of
/// processes.</param>
public sealed record Experiment(
    DataSpec Data,
    ModelSpec Model,
    LossKind Loss,
    double LabelSmoothing,
    double WeightDecay,
    double LearningRate,
    long Seed,
    int MicroBatch,
    int ExpansionBudgetMb,
    DescentSpec Descent,
    TrackingSpec Tracking,
    SteeringSpec Steering,
    DerivativeEngine Engine = DerivativeEngine.Taylor,
    Reduction Reduction = Reduction.Fast)
    : NetworkStudy(Data, Model, Loss, LabelSmoothing, WeightDecay, Seed, MicroBatch, ExpansionBudgetMb, Engine)
{
    /// <inheritdoc/>
    public override string Kind => EdgeSchema.Kind;

    /// <summary>Two classes of Fashion-MNIST on a tanh network: the second eigenvalue stays far below the edge, so that the
    /// theory of one unstable direction applies.</summary>
    public static Experiment Default { get; } = new(
        new(DatasetName.FashionMnist, null, [0, 1], Samples: 500, Pool: 2),
        new MlpSpec([100, 100], Activation.Tanh),
        LossKind.Mse,
        LabelSmoothing: 0,
        WeightDecay: 0,
        LearningRate: 0.04,
        Seed: 0,
        MicroBatch: 500,
        ExpansionBudgetMb: 2048,
        new(MaxSteps: 20_000, SharpnessTolerance: 1e-4),
        new(
            Steps: 300,
            ConstraintTolerance: 5e-7,
            EigenvectorTolerance: 1e-7,
            SharpnessTolerance: 1e-3,
            FlowTolerance: 1e-7,
            SharpnessEvery: 1,
            TheoryEvery: 50),
        new([], Multiple: 1));

    /// <summary>A small network on 100 images, for a complete run in seconds.</summary>
    public static Experiment Small { get; } = Default with
    {
        Data = Default.Data with { Samples = 100, Pool = 4 },
        Model = new MlpSpec([16], Activation.Tanh),
        MicroBatch = 100,
        LearningRate = 0.06,
        Tracking = Default.Tracking with { Steps = 150 },
    };

    /// <summary>The edge of stability 2/eta.</summary>
    public double Threshold => 2 / LearningRate;

    /// <exception cref="ExperimentException">A value is invalid; the message gives the path of the first.</exception>
    public override Experiment Checked()
    {
        Positive("learning_rate", LearningRate);
        CheckShared();
        if (Model is MlpSpec { Hidden.Count: 0 } && Loss is LossKind.Mse or LossKind.BinaryMse)
        {
            throw new ExperimentException(
                "model.hidden: []; add a hidden layer: without one, a squared loss is quadratic and its sharpness constant");
        }
        AtLeast("descent.max_steps", Descent.MaxSteps, 0);
        Positive("descent.sharpness_tolerance", Descent.SharpnessTolerance);
        AtLeast("tracking.steps", Tracking.Steps, 0);
        Positive("tracking.constraint_tolerance", Tracking.ConstraintTolerance);
        Positive("tracking.eigenvector_tolerance", Tracking.EigenvectorTolerance);
        Positive("tracking.sharpness_tolerance", Tracking.SharpnessTolerance);
        Positive("tracking.flow_tolerance", Tracking.FlowTolerance);
        AtLeast("tracking.sharpness_every", Tracking.SharpnessEvery, 1);
        AtLeast("tracking.theory_every", Tracking.TheoryEvery, 1);
        AtLeast("tracking.normals_every", Tracking.NormalsEvery, 1);
        AtLeast("tracking.eigenvalues", Tracking.Eigenvalues, 1);
        foreach (var policy in Steering.Policies) _ = Policy(policy);
        Positive("steering.multiple", Steering.Multiple);
        return this;
    }

    /// <exception cref="ExperimentException">There is no such policy.</exception>
    internal Brink.Steering.SteeringPolicy Policy(string name) =>
        SteeringPolicies.Named("steering.policies", name, new(Tracking.Steps, IsSmallBatch: false, Seed));
}
