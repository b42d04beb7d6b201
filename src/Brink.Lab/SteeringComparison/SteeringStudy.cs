using Brink.Runs;
using Brink.Steering;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>Comparison of learning-rate policies: the same trainings under each, from rates far below to far above the critical
/// one.</summary>
/// <remarks>All numbers are computed in float32. A training ends when it has used a number of gradients; a Hessian product counts as
/// one, a third derivative as two.</remarks>
/// <param name="Data">Training samples.</param>
/// <param name="Model">Network to train.</param>
/// <param name="Loss">Loss of one sample.</param>
/// <param name="LabelSmoothing">Share of each target that is spread over all classes.</param>
/// <param name="WeightDecay">lambda of the additional loss term lambda/2 ||theta||^2.</param>
/// <param name="Policies">Names of the policies: constant, rollback, rollback-ritz, rollback-grow, guard, cdat, burst, cosine,
/// wsd.</param>
/// <param name="Rule">Optimizer: plain (gradient descent), momentum (0.9) or adam.</param>
/// <param name="LearningRate">The rate of multiple 1; null: the critical rate at the start, 2/S in the optimizer's metric, which Adam
/// does not have there.</param>
/// <param name="Multiples">Multiples of that rate: one training each.</param>
/// <param name="Batch">Samples of a batch; null: all.</param>
/// <param name="Gradients">Gradients of each training, everything counted.</param>
/// <param name="EvaluateEvery">Gradients from one evaluation of the loss of all samples to the next, which do not count; with all samples
/// in a batch the loss is known at every step.</param>
/// <param name="Seeds">Number of consecutive seeds.</param>
/// <param name="TestPath">Folder or file of the test images; without it those that belong to the training images.</param>
/// <param name="Seed">The first seed: of the initial parameters and of the batches.</param>
/// <param name="MicroBatch">Samples in one forward pass.</param>
/// <param name="ExpansionBudgetMb">MiB that one expansion of the loss may keep.</param>
/// <param name="Engine">Engine that differentiates the loss.</param>
public sealed record SteeringStudy(
    DataSpec Data,
    ModelSpec Model,
    LossKind Loss,
    double LabelSmoothing,
    double WeightDecay,
    IReadOnlyList<string> Policies,
    SteeringRule Rule,
    double? LearningRate,
    IReadOnlyList<double> Multiples,
    int? Batch,
    int Gradients,
    int EvaluateEvery,
    int Seeds,
    [FilePath] string? TestPath,
    long Seed,
    int MicroBatch,
    int ExpansionBudgetMb,
    DerivativeEngine Engine = DerivativeEngine.Taylor)
    : NetworkStudy(Data, Model, Loss, LabelSmoothing, WeightDecay, Seed, MicroBatch, ExpansionBudgetMb, Engine)
{
    /// <summary>A SiLU network on 500 images of Fashion-MNIST, which diverges at rates little above the critical one.</summary>
    public static readonly SteeringStudy Default = new(
        new(DatasetName.FashionMnist, null, AllClasses, Samples: 500, Pool: 2),
        new MlpSpec([32, 32], Activation.Swish),
        LossKind.Mse,
        LabelSmoothing: 0,
        WeightDecay: 0,
        Policies: [SteeringSchema.Constant, "rollback", "rollback-ritz", "rollback-grow", "guard", "cdat", "burst", "cosine", "wsd"],
        SteeringRule.Plain,
        LearningRate: null,
        Multiples: [0.1, 0.2, 0.5, 1, 2, 5, 10],
        Batch: null,
        Gradients: 400,
        EvaluateEvery: 10,
        Seeds: 2,
        TestPath: null,
        Seed: 0,
        MicroBatch: 500,
        ExpansionBudgetMb: 2048);

    private static int[] AllClasses => [.. Enumerable.Range(0, 10)];

    /// <inheritdoc/>
    public override string Kind => SteeringSchema.Kind;

    /// <inheritdoc/>
    public override SteeringStudy Checked()
    {
        CheckShared();
        AtLeast("policies: number of policies", Policies.Count, 1);
        foreach (var policy in Policies) _ = Policy(policy);
        Unique("policies", Policies);
        if (LearningRate is { } rate) Positive("learning_rate", rate);
        else if (Rule == SteeringRule.Adam)
            throw new ExperimentException("learning_rate: null; rule=adam has no critical rate before its first step: give the rate");
        AtLeast("multiples: number of multiples", Multiples.Count, 1);
        for (var i = 0; i < Multiples.Count; i++) Positive($"multiples[{i}]", Multiples[i]);
        Unique("multiples", Multiples);
        if (Batch is { } batch) AtLeast("batch", batch, 1);
        // Without data.samples, the number of samples of a file is known only after reading.
        if (Batch > Data.Samples) throw new ExperimentException($"batch: {Batch}; it must be at most data.samples, {Data.Samples}");
        if (Batch is not null && Policies.FirstOrDefault(policy => policy is "rollback-ritz" or "burst") is { } full)
            throw new ExperimentException($"policies: {full} compares the gradients of one loss; leave out the policy, or set batch=null");
        if (Rule != SteeringRule.Plain && Policies.Contains("burst"))
            throw new ExperimentException("policies: burst predicts gradient descent; leave out the policy, or set rule=plain");
        AtLeast("gradients", Gradients, 1);
        AtLeast("evaluate_every", EvaluateEvery, 1);
        AtLeast("seeds", Seeds, 1);
        return this;
    }

    /// <summary>The update rule.</summary>
    internal UpdateRule UpdateRule => Rule switch
    {
        SteeringRule.Plain => new PlainRule(),
        SteeringRule.Momentum => new MomentumRule(0.9),
        SteeringRule.Adam => new AdamRule(),
        _ => throw new ExperimentException($"rule: {Rule} is unknown"),
    };

    /// <exception cref="ExperimentException">There is no such policy.</exception>
    internal SteeringPolicy Policy(string name) => SteeringPolicies.Named("policies", name, new(Gradients, Batch is not null, Seed));

    private static void Unique<T>(string path, IReadOnlyList<T> values)
        where T : notnull
    {
        if (values.CountBy(value => value).FirstOrDefault(pair => pair.Value > 1) is { Value: > 1 } repeated)
            throw new ExperimentException($"{path}: {repeated.Key} is listed {repeated.Value} times; list each once");
    }
}

/// <summary>The optimizer of a comparison of policies.</summary>
public enum SteeringRule
{
    /// <summary>Gradient descent.</summary>
    Plain,

    /// <summary>Gradient descent with momentum 0.9.</summary>
    Momentum,

    /// <summary>Adam.</summary>
    Adam,
}
