using System.CommandLine;
using Brink.Lab;

namespace Brink.Cli;

/// <summary>Options that select a model file, its samples and its loss.</summary>
internal sealed class ScriptOptions
{
    private readonly Argument<string> _model =
        new("MODEL") { Description = "Model file: ONNX, .pt2 of torch.export.save, or TorchScript of torch.jit.save." };

    private readonly Option<string> _data = new("--data")
    {
        Description = "Samples: .npz with arrays x and y, or with an array for each input of the model and y; .csv, IDX or CIFAR-10"
            + " .bin, each also as .gz; or .npy with inputs alone.",
        HelpName = "FILE",
        Required = true,
    };

    private readonly Option<string?> _targets = new("--targets")
    {
        Description = "Targets, if --data has inputs alone: .npy, or .npz with y or a single array.",
        HelpName = "FILE",
    };

    private readonly Option<string> _loss = new("--loss")
    {
        Description = "mse: mean over samples of the sum over outputs of (f - y)^2. cross-entropy: y holds integer classes."
            + " Of ONNX and .pt2 files also next-token, where y holds the next token of each position, and inside, where the output of"
            + " the model is the loss.",
        Required = true,
    };

    private readonly Option<string?> _parameters = new("--parameters")
    {
        Description = "Safetensors file of parameters that replace the model's own, by name.",
        HelpName = "FILE",
    };

    private readonly Option<string> _precision = UsualOption.Of("--precision", "Precision of all computations.", "float64");

    private readonly Option<int> _microBatch =
        UsualOption.Of("--micro-batch", "Samples in one forward pass. It affects memory and speed, not the result.", 500);

    /// <summary>Options of ONNX and .pt2 files.</summary>
    public GraphOptions Graph { get; } = new();

    private ScriptOptions()
    {
        _loss.AcceptOnlyFromAmong("mse", "cross-entropy", "next-token", "inside");
        _precision.AcceptOnlyFromAmong("float64", "float32");
    }

    public static ScriptOptions Of(Command command)
    {
        var options = new ScriptOptions();
        command.Arguments.Add(options._model);
        foreach (var option in new Option[]
            { options._data, options._targets, options._loss, options._parameters, options._precision, options._microBatch })
            command.Options.Add(option);
        options.Graph.AddTo(command);
        return options;
    }

    /// <summary>Lets the model be a study too, which has samples and a loss of its own.</summary>
    public ScriptOptions OrStudy()
    {
        _model.Description += " Or an experiment: a preset or FILE.yaml, whose data and loss are used.";
        (_data.Required, _loss.Required) = (false, false);
        return this;
    }

    /// <summary>The study that the model names; null where it is a model file.</summary>
    public NetworkStudy? Study(ParseResult parsed)
    {
        var model = parsed.GetValue(_model)!;
        if (!ExperimentOptions.Names(model)) return null;
        foreach (var option in new Option[] { _data, _targets, _loss, _parameters, _microBatch })
        {
            if (parsed.GetResult(option) is { Implicit: false })
                throw new InputException($"{option.Name}: {model} is an experiment, which has its own; leave it out");
        }
        if (Graph.GivenIn(parsed) is { } ofGraphs)
            throw new InputException($"{ofGraphs}: is for ONNX and .pt2 files; {model} is an experiment");
        return ExperimentOptions.Study(model, []).Study as NetworkStudy
            ?? throw new InputException($"{model}: is no experiment with a network and data");
    }

    /// <summary>The precision of all computations.</summary>
    public TorchSharp.torch.ScalarType Precision(ParseResult parsed) =>
        parsed.GetValue(_precision) == "float32" ? TorchSharp.torch.ScalarType.Float32 : TorchSharp.torch.ScalarType.Float64;

    /// <summary>The name of the model's file, or of the experiment.</summary>
    public string Model(ParseResult parsed) => parsed.GetValue(_model)!;

    public ScriptProblem From(ParseResult parsed)
    {
        foreach (var option in new Option[] { _data, _loss })
            if (parsed.GetResult(option) is null or { Implicit: true })
                throw new InputException($"{option.Name} is missing; see 'brink {parsed.CommandResult.Command.Name} --help'");
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
