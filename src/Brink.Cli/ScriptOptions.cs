using System.CommandLine;

namespace Brink.Cli;

/// <summary>Options that select a script, its samples and its loss.</summary>
internal sealed class ScriptOptions
{
    private readonly Argument<string> _model = new("MODEL.pt") { Description = "A TorchScript file (torch.jit.save)." };

    private readonly Option<string> _data = new("--data")
    {
        Description = "Samples: .npz with x and y, .csv, IDX, CIFAR-10's .bin, the last three also as .gz, or the inputs in .npy; docs/guide/data.md says how.",
        Required = true,
    };

    private readonly Option<string?> _targets = new("--targets")
    {
        Description = "The targets in a second file, where --data has the inputs alone: .npy, or .npz with y or one array.",
    };

    private readonly Option<string> _loss = new("--loss")
    {
        Description = "mse: mean over samples of the sum over outputs of (f - y)^2; cross-entropy: y are classes.",
        Required = true,
    };

    private readonly Option<string?> _parameters = new("--parameters")
    {
        Description = "Values to take instead of the model's own, by their names: safetensors.",
    };

    private readonly Option<string> _precision = UsualOption.Of("--precision", "float64 or float32.", "float64");

    private readonly Option<int> _microBatch =
        UsualOption.Of("--micro-batch", "Samples in one forward pass: memory and speed, not the result.", 500);

    private ScriptOptions()
    {
        _loss.AcceptOnlyFromAmong("mse", "cross-entropy");
        _precision.AcceptOnlyFromAmong("float64", "float32");
    }

    public static ScriptOptions Of(Command command)
    {
        var options = new ScriptOptions();
        command.Arguments.Add(options._model);
        foreach (var option in new Option[]
            { options._data, options._targets, options._loss, options._parameters, options._precision, options._microBatch })
            command.Options.Add(option);
        return options;
    }

    public ScriptProblem From(ParseResult parsed)
    {
        var microBatch = parsed.GetValue(_microBatch);
        if (microBatch < 1) throw new InputException($"--micro-batch {microBatch}: it must be at least 1");
        return new(
            parsed.GetValue(_model)!,
            parsed.GetValue(_data)!,
            parsed.GetValue(_targets),
            parsed.GetValue(_loss)!,
            parsed.GetValue(_parameters),
            parsed.GetValue(_precision)!,
            microBatch);
    }
}
