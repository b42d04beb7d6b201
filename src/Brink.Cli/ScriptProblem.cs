using Brink.Lab;
using Brink.Objectives;
using Brink.Zoo.Datasets;
using TorchSharp;

namespace Brink.Cli;

/// <summary>A script with samples and a loss, as given on the command line.</summary>
internal sealed record ScriptProblem(
    string Model, string Data, string? Targets, string Loss, string? Parameters, string Precision, int MicroBatch)
{
    /// <summary>Command-line arguments of this problem.</summary>
    public IEnumerable<string> Arguments =>
    [
        Model, "--data", Data, "--loss", Loss, "--precision", Precision, "--micro-batch", $"{MicroBatch}",
        .. Targets is null ? [] : new[] { "--targets", Targets },
        .. Parameters is null ? [] : new[] { "--parameters", Parameters },
    ];

    /// <summary>Files of the samples.</summary>
    public IEnumerable<string> Files => Targets is null ? [Data] : [Data, Targets];

    public torch.ScalarType Type => Precision == "float32" ? torch.ScalarType.Float32 : torch.ScalarType.Float64;

    /// <summary>Reads the inputs, in the precision of the run, and the targets.</summary>
    public Samples Samples()
    {
        var samples = Read();
        return samples with { X = samples.X.is_floating_point() ? samples.X.to(Type) : samples.X };
    }

    public ScriptModel Script() => new(Model, Type, Parameters);

    /// <param name="script">Script of this problem.</param>
    /// <param name="samples">Samples of this problem.</param>
    /// <param name="watch">Receives each stage before it begins.</param>
    public DifferentiableSum LossOf(ScriptModel script, Samples samples, Action<string>? watch = null) =>
        script.Loss(Kind, samples.X, samples.Y, MicroBatch, watch);

    /// <summary>Checks the derivatives against the loss.</summary>
    /// <param name="script">Script of this problem.</param>
    /// <param name="loss">Loss of this problem.</param>
    /// <param name="samples">Samples of this problem.</param>
    public DerivativeVerdict Check(ScriptModel script, DifferentiableSum loss, Samples samples)
    {
        using var scope = torch.NewDisposeScope();
        var (theta, parts) = (script.Parameters.Theta(), script.Parameters.Parts.ToArray());
        if (Type == torch.ScalarType.Float64) return ScriptCheck.Of(loss, theta, parts, exact: null);
        ScriptModel? exact = null;
        try
        {
            exact = new(Model, torch.ScalarType.Float64, Parameters);
            var x = samples.X.is_floating_point() ? samples.X.to(torch.ScalarType.Float64) : samples.X;
            return ScriptCheck.Of(loss, theta, parts, (exact.UncheckedLoss(Kind, x, samples.Y, MicroBatch), exact.Parameters.Theta()));
        }
        catch (ExperimentException)
        {
            // The script runs in float32 only.
            return ScriptCheck.Of(loss, theta, parts, exact: null);
        }
        finally
        {
            exact?.Dispose();
        }
    }

    /// <summary>Differentiates one micro-batch twice by each parameter alone, from the last parameter to the first.</summary>
    /// <param name="script">Script of this problem.</param>
    /// <param name="samples">Samples of this problem.</param>
    /// <param name="watch">Receives each parameter before it is tried.</param>
    public void DifferentiateByLayer(ScriptModel script, Samples samples, Action<string> watch) =>
        script.Parameters.WithoutSecondDerivative(script.UncheckedLoss(Kind, samples.X, samples.Y, MicroBatch) with { Terms = 1 }, watch);

    private LossKind Kind => Loss == "mse" ? LossKind.Mse : LossKind.CrossEntropy;

    /// <summary>Refuses samples that are not files.</summary>
    /// <exception cref="InputException">A file does not exist, or is a folder.</exception>
    public void RequireFiles()
    {
        foreach (var path in Files)
        {
            if (Directory.Exists(path)) throw new InputException($"{path}: is a folder; name a file");
            if (!File.Exists(path)) throw new InputException($"{path}: no such file");
        }
    }

    private Samples Read()
    {
        RequireFiles();
        try
        {
            return Targets is null ? SampleFile.Read(Data) : SampleFile.ReadPair(Data, Targets);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new InputException(e.Message);
        }
    }
}
