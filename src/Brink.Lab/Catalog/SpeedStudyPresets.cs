using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>The named training speed studies.</summary>
internal static class SpeedStudyPresets
{
    /// <summary>Model, data, loss and lengths of the authors' code; the learning rates are chosen here.</summary>
    private static readonly SpeedStudy ResNet18 = SpeedStudy.Default with
    {
        Data = new(DatasetName.Cifar10, null, SpeedStudy.AllClasses, Samples: 50_000, Pool: 1),
        Model = new ResNet18Spec(16, Activation.Swish),
        LearningRates = [0.01, 0.02, 0.05, 0.1, 0.2],
        Steps = 3000,
        EvaluateEvery = 40,
        SharpnessSamples = 1000,
        MicroBatch = 250,
    };

    public static readonly IReadOnlyList<Preset> All =
    [
        new("speed/mlp-fashion-mnist", "training speed: five learning rates and steps of 1/S, MLP", new(60, 350), SpeedStudy.Default),
        new(
            "speed/resnet18-cifar10-small",
            "training speed: ResNet-18 on 200 small images; needs CIFAR-10",
            new(240, 600),
            ResNet18 with
            {
                Data = ResNet18.Data with { Samples = 200, Pool = 4 },
                LearningRates = [0.02, 0.05, 0.1],
                Steps = 60,
                EvaluateEvery = 5,
                SharpnessSamples = 100,
                MicroBatch = 100,
            }),
        new(
            "speed/resnet18-cifar10",
            "training speed as in the paper: all of CIFAR-10, 3,000 steps; takes many days",
            new(2_000_000, 5_000, IsMeasured: false),
            ResNet18),
    ];
}
