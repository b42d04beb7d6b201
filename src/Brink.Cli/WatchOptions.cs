using System.CommandLine;
using Brink.Lab;

namespace Brink.Cli;

/// <summary>Options that say what <c>brink watch</c> measures.</summary>
internal sealed class WatchOptions
{
    private static readonly WatchSettings Default = new();

    private readonly OptimizerOptions _optimizer = new();

    private readonly Option<string> _norm = UsualOption.Of(
        "--batch-norm", "Statistics of batch norm: running, those of the checkpoint, or batch, those of the samples.", "running");

    private readonly Option<int> _top = UsualOption.Of("--top", "Number of largest eigenvalues.", Default.Top);

    private readonly Option<int> _bottom = UsualOption.Of("--bottom", "Number of smallest eigenvalues.", Default.Bottom);

    private readonly Option<int> _trace = UsualOption.Of(
        "--trace-products",
        "Hessian products for the estimate of the trace; 0: none. It is exact from as many as there are parameters; of ONNX, .pt2 and"
            + " experiments, dense layers need one for each unit in place of each weight.",
        Default.TraceProducts);

    private readonly Option<int?> _batch = new("--batch-size")
    {
        Description = "Samples of a batch of the training: measures the batch sharpness, which small batches hold at the edge in place"
            + " of the sharpness.",
        HelpName = "N",
    };

    private readonly Option<double?> _clip = new("--clip-norm")
    {
        Description = "Norm to which the training clips longer gradients; of sgd and nesterov.",
        HelpName = "NUMBER",
    };

    public WatchOptions() => _norm.AcceptOnlyFromAmong("running", "batch");

    public void AddTo(Command command)
    {
        _optimizer.AddTo(command);
        foreach (var option in new Option[] { _norm, _top, _bottom, _trace, _batch, _clip }) command.Options.Add(option);
    }

    /// <summary>The settings.</summary>
    /// <exception cref="InputException">An option is out of its range.</exception>
    public WatchSettings Settings(ParseResult parsed)
    {
        var settings = Default with
        {
            Top = parsed.GetValue(_top),
            Bottom = parsed.GetValue(_bottom),
            Given = _optimizer.Optimizer(parsed),
            BatchStatistics = parsed.GetValue(_norm) == "batch",
            TraceProducts = parsed.GetValue(_trace),
            BatchSize = parsed.GetValue(_batch),
            ClipNorm = parsed.GetValue(_clip),
        };
        if (settings.ClipNorm is not null and not > 0)
            throw new InputException($"--clip-norm {settings.ClipNorm}: it must be positive");
        if (settings is { ClipNorm: not null, Given.Kind: not (WatchedMethod.Descent or WatchedMethod.Nesterov) })
            throw new InputException("--clip-norm: is of sgd and nesterov; leave it out");
        if (settings.TraceProducts is < 0 or (> 0 and < 4))
            throw new InputException($"--trace-products {settings.TraceProducts}: it must be 0 or at least 4");
        if (settings.Top < 1) throw new InputException($"--top {settings.Top}: it must be at least 1");
        if (settings.Bottom < 0) throw new InputException($"--bottom {settings.Bottom}: it must be at least 0");
        return settings;
    }

    /// <summary>Checks the settings against a model.</summary>
    /// <exception cref="InputException">A batch is larger than all samples, or there are fewer parameters than eigenvalues.</exception>
    public static void Check(WatchSettings settings, IWatchedModel model)
    {
        if (settings.BatchSize is { } size && (size < 1 || size > model.Samples))
            throw new InputException($"--batch-size {size}: it must be at least 1 and at most {model.Samples}, the number of samples");
        var count = model.Parameters.Sum(parameter => parameter.Shape.Aggregate(1L, (product, side) => product * side));
        foreach (var (name, value) in new[] { ("--top", settings.Top), ("--bottom", settings.Bottom) })
        {
            if (value > count)
                throw new InputException($"{name} {value}: it must be at most {count}, the number of parameters of the model");
        }
    }
}
