namespace Brink.Bench;

/// <summary>The MLP and the CNN of the paper's size as modules of TorchSharp, for images of 3 by 32 by 32.</summary>
internal static class TrainedModules
{
    public static TorchSharp.Modules.Sequential Mlp() => nn.Sequential(
        nn.Linear(3072, 200), nn.SiLU(), nn.Linear(200, 200), nn.SiLU(), nn.Linear(200, 10));

    public static TorchSharp.Modules.Sequential Cnn() => nn.Sequential(
        nn.Conv2d(3, 32, 3, padding: 1),
        nn.SiLU(),
        nn.AvgPool2d(2),
        nn.Conv2d(32, 32, 3, padding: 1),
        nn.SiLU(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 8 * 8, 10));
}
