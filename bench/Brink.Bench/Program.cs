using Brink.Bench;
using Brink.Native;

// One benchmark a call; each compares its ways in turn, so that a machine whose speed drifts does so for all
// of them.
switch (args)
{
    case ["derivatives"]:
        Preparation.FromEnvironment().Apply();
        DerivativeCosts.Run();
        return 0;
    case ["games"]:
        Preparation.FromEnvironment().Apply();
        GameTrainingSpeed.Run();
        return 0;
    case ["landscapes"]:
        LandscapeCosts.Run();
        return 0;
    case ["bnp"]:
        Preparation.FromEnvironment().Apply();
        BnpOverhead.Run();
        return 0;
    case ["monitor"]:
        Preparation.FromEnvironment().Apply();
        MonitorOverhead.Run();
        return 0;
    case ["store", var program]:
        RunStoreCosts.Run(Path.GetFullPath(program));
        return 0;
    case ["spectra", .. var data] when data.Length < 2:
        Preparation.FromEnvironment().Apply();
        SpectraCosts.Run(data.FirstOrDefault());
        return 0;
    case ["preparation"]:
        PreparationGains.Run();
        return 0;
    case [PreparationGains.Child]:
        Preparation.FromEnvironment().Apply();
        PreparationGains.Measure();
        return 0;
    default:
        Console.Error.WriteLine("brink-bench: name one of bnp, derivatives, games, landscapes, monitor, preparation, spectra [CIFAR10], store Brink.Cli.dll");
        return 2;
}
