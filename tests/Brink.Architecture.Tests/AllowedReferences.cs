namespace Brink.Architecture.Tests;

/// <summary>The tables of docs/internals/architecture.md: the projects and folders that each project and folder may refer to.</summary>
internal static class AllowedReferences
{
    private static readonly string[] BelowStudies = ["Foundation", "Problems", "Recording"];

    /// <summary>Projects of src, bench and tests.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Projects = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["src/Brink"] = [],
        ["src/Brink.Zoo"] = ["Brink"],
        ["src/Brink.Graphs"] = ["Brink"],
        ["src/Brink.Runs"] = [],
        ["src/Brink.Reports"] = ["Brink.Runs"],
        ["src/Brink.Web"] = ["Brink.Runs", "Brink.Reports"],
        ["src/Brink.Lab"] = ["Brink", "Brink.Zoo", "Brink.Graphs", "Brink.Runs"],
        ["src/Brink.Cli"] = ["Brink", "Brink.Zoo", "Brink.Graphs", "Brink.Runs", "Brink.Reports", "Brink.Web", "Brink.Lab"],
        ["bench/Brink.Bench"] = ["Brink", "Brink.Zoo", "Brink.Graphs", "Brink.Runs", "Brink.Lab"],
        ["tests/Brink.Tests"] = ["Brink", "Brink.Zoo"],
        ["tests/Brink.Graphs.Tests"] = ["Brink", "Brink.Zoo", "Brink.Graphs"],
        ["tests/Brink.Lab.Tests"] = ["Brink", "Brink.Zoo", "Brink.Runs", "Brink.Reports", "Brink.Lab"],
        ["tests/Brink.Browser.Tests"] = ["Brink", "Brink.Zoo", "Brink.Runs", "Brink.Reports", "Brink.Web", "Brink.Lab"],
        ["tests/Brink.Cli.Tests"] = [],
        ["tests/Brink.Architecture.Tests"] = [],
    };

    /// <summary>Projects whose folders refer to each other in one direction only: by folder, the folders that it may refer to.</summary>
    public static readonly IReadOnlyDictionary<string, Dictionary<string, string[]>> Folders =
        new Dictionary<string, Dictionary<string, string[]>>(StringComparer.Ordinal)
        {
            ["src/Brink"] = new(StringComparer.Ordinal)
            {
                ["Algebra"] = ["Kernels"],
                ["Native"] = [],
                ["Objectives"] = ["Algebra", "Native"],
                ["Spectra"] = ["Algebra"],
                ["Kernels"] = ["Native"],
                ["Taylor"] = ["Kernels", "Objectives"],
                ["Distributed"] = ["Kernels", "Native", "Objectives"],
                ["Landscapes"] = ["Objectives"],
                ["Dynamics"] = ["Algebra", "Objectives", "Spectra"],
                ["Optimizers"] = ["Algebra", "Dynamics", "Objectives", "Spectra"],
                ["MiniBatches"] = ["Objectives"],
                ["Monitoring"] = ["Algebra", "MiniBatches", "Objectives", "Spectra"],
                ["Edges"] = ["Algebra", "Spectra"],
                ["Steering"] = ["Algebra", "Dynamics", "Monitoring", "Objectives", "Spectra"],
                ["Games"] = ["Algebra", "Kernels", "Objectives", "Spectra"],
            },
            ["src/Brink.Zoo"] = new(StringComparer.Ordinal)
            {
                ["Formats"] = [],
                ["Checkpoints"] = ["Formats"],
                ["Datasets"] = ["Formats"],
                ["Models"] = [],
                ["Games"] = ["Formats"],
            },
            // A study refers to no other study, with one exception.
            ["src/Brink.Lab"] = new(StringComparer.Ordinal)
            {
                ["Foundation"] = [],
                ["Problems"] = ["Foundation"],
                ["Recording"] = ["Foundation", "Problems"],
                ["EdgeOfStability"] = BelowStudies,
                ["TrainingSpeed"] = BelowStudies,
                ["SteeringComparison"] = BelowStudies,
                ["Preconditioning"] = BelowStudies,
                ["SaddleEscape"] = BelowStudies,
                ["Games"] = BelowStudies,
                // The network that replaces the scalars is an experiment at the edge of stability.
                ["Landscapes"] = [.. BelowStudies, "EdgeOfStability"],
                ["Inspection"] = BelowStudies,
                ["Monitoring"] = BelowStudies,
                ["Watching"] = [.. BelowStudies, "Inspection"],
                ["Catalog"] =
            [
                .. BelowStudies, "EdgeOfStability", "TrainingSpeed", "SteeringComparison", "Preconditioning", "SaddleEscape", "Games",
                "Landscapes", "Inspection", "Monitoring", "Watching",
            ],
                ["Sweeps"] = [.. BelowStudies, "Catalog"],
            },
        };

    /// <summary>Assemblies outside the class library that the mathematics may refer to.</summary>
    public static readonly IReadOnlyList<string> OfMathematics = ["TorchSharp"];

    /// <summary>Projects that read runs and must not load libtorch, directly or indirectly.</summary>
    public static readonly IReadOnlyList<string> ReadersOfRuns = ["Brink.Runs", "Brink.Reports"];

    /// <summary>Projects that may write to the console.</summary>
    public static readonly IReadOnlyList<string> WritersToConsole = ["Brink.Cli", "Brink.Bench"];

    /// <summary>The file that calls the automatic differentiation of libtorch.</summary>
    public const string Differentiation = "src/Brink/Objectives/Differentiation.cs";

    /// <summary>The file that starts the child processes of tests.</summary>
    public const string ChildProcess = "tests/Shared/ChildProcess.cs";

    /// <summary>Files with an interface and the public types that it returns, or with a class and its generic subclass.</summary>
    public static readonly IReadOnlyList<string> FilesOfSeveralTypes =
    [
        "src/Brink.Lab/Recording/StudyKind.cs",
        "src/Brink/Games/IGame.cs",
        "src/Brink/Objectives/IObjective.cs",
        "src/Brink/Optimizers/SaddleEscape/IStochasticObjective.cs",
    ];

    public const int LongestFile = 400;
}
