using System.IO.Compression;
using System.Runtime.InteropServices;
using Brink.Objectives;

namespace Brink.Lab;

/// <summary>A TorchScript file as a model whose loss can be differentiated. Everything that can be wrong with it is found
/// before anything long begins, and said in one line.</summary>
public sealed class ScriptModel : IDisposable
{
    /// <summary>What a watcher is told before the second derivative.</summary>
    public const string Twice = "differentiates its loss twice";

    private readonly string _path;
    private readonly jit.ScriptModule<Tensor, Tensor> _module;

    /// <summary>Loads it in evaluation mode.</summary>
    /// <param name="path">As torch.jit.save writes it.</param>
    /// <param name="precision">float32 or float64: floating-point parameters and buffers are converted.</param>
    /// <param name="parameters">A safetensors file with the values that they take instead of their own, by their names; null
    /// where they keep those.</param>
    /// <exception cref="ExperimentException">It is no TorchScript file, has nothing to train, or holds a value that is not
    /// finite; or the parameters do not fit it.</exception>
    public ScriptModel(string path, ScalarType precision, string? parameters = null)
    {
        _path = path;
        if (Directory.Exists(path)) throw new ExperimentException($"{path}: is a folder; name a TorchScript file");
        if (!File.Exists(path)) throw new ExperimentException($"{path}: no such file");
        try
        {
            _module = jit.load<Tensor, Tensor>(path);
            _module.eval();
            ScriptPrecision.Set(_module, precision);
            Parameters = new(_module);
        }
        catch (ExternalException e)
        {
            throw new ExperimentException($"{path}: not a TorchScript file; {Kind(path)}", e);
        }
        catch (ArgumentException e)
        {
            throw new ExperimentException($"{path}: {e.Message.Split(" (Parameter")[0]}", e);
        }
        if (parameters is not null) ModuleFile.Load(parameters, _module, Parameters, Path.GetFileName(path));
        using var scope = NewDisposeScope();
        var values = _module.named_parameters().Select(part => (part.name, value: (Tensor)part.parameter))
            .Concat(ScriptBuffers.Of(_module).Select(part => (part.Name, part.Value)));
        foreach (var (name, value) in values)
            if (!value.isfinite().all().ToBoolean())
                throw new ExperimentException($"{path}: {name} holds values that are not finite");
    }

    public ModuleParameters Parameters { get; }

    /// <summary>The mean loss over the samples; both stay the caller's.</summary>
    /// <param name="loss">mse: the sum over outputs of (f - y)^2; cross-entropy: y are classes.</param>
    /// <param name="x">[n,...].</param>
    /// <param name="y">mse: floating point, shaped as the outputs; cross-entropy: integers [n].</param>
    /// <param name="microBatch">Samples in one forward pass.</param>
    /// <param name="watch">Told what is tried next, of what native code may not survive.</param>
    /// <exception cref="ExperimentException">Model, data and loss do not fit each other, or the loss cannot be
    /// differentiated twice.</exception>
    public DifferentiableSum Loss(LossKind loss, Tensor x, Tensor y, int microBatch, Action<string>? watch = null)
    {
        var sum = Fitted(loss, x, y, microBatch, watch);
        Check(sum, watch);
        return sum;
    }

    /// <summary>The same, not yet differentiated.</summary>
    /// <inheritdoc cref="Loss"/>
    public DifferentiableSum Fitted(LossKind loss, Tensor x, Tensor y, int microBatch, Action<string>? watch = null)
    {
        using var scope = NewDisposeScope();
        var n = x.shape[0];
        var few = Math.Min(microBatch, n);
        var outputs = Outputs(x.narrow(0, 0, few), watch);
        var targets = loss switch
        {
            LossKind.Mse => SquaredErrorTargets(outputs, y),
            LossKind.CrossEntropy => Classes(outputs, y),
            _ => throw new ExperimentException($"--loss: {loss}; it must be mse or cross-entropy"),
        };
        if (n % few is > 0 and var rest)
        {
            // The last micro-batch is smaller: a script may be made for one size only.
            var last = Outputs(x.narrow(0, n - rest, rest), watch);
            if (!last.shape.Skip(1).SequenceEqual(outputs.shape.Skip(1)))
            {
                throw new ExperimentException(
                    $"{_path}: its output is {Shape(outputs)} for {few} samples and {Shape(last)} for {rest}");
            }
        }
        return Parameters.MeanLoss(
            _module.call,
            loss == LossKind.Mse ? EmpiricalLoss.SquaredError : EmpiricalLoss.CrossEntropy,
            x,
            scope.MoveToOuter(targets),
            microBatch);
    }

    /// <summary>Whether any trainable parameter has a part in the loss.</summary>
    public bool IsReachedBy(DifferentiableSum loss)
    {
        using var scope = NewDisposeScope();
        return loss.Term(Parameters.Theta(), 0).requires_grad;
    }

    /// <summary>Writes parameters and buffers by their names, in this precision, as safetensors.</summary>
    /// <param name="path">Replaced where it exists.</param>
    public void Save(string path) => ModuleFile.Write(
        path,
        _module,
        Parameters,
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["model"] = Path.GetFileName(_path),
            ["precision"] = Parameters.Precision.ToString().ToLowerInvariant(),
        });

    public void Dispose() => _module.Dispose();

    /// <summary>The outputs of one micro-batch, which are floating point, a row for each sample.</summary>
    private Tensor Outputs(Tensor x, Action<string>? watch)
    {
        watch?.Invoke($"runs it on x {Shape(x)}");
        using var quiet = no_grad();
        var (given, theta) = (x.clone(), Parameters.Theta());
        var outputs = Called(given);
        if (!given.equal(x).all().ToBoolean())
        {
            throw new ExperimentException(
                $"{_path}: it writes into its input in place: a second pass over the same samples would see others;"
                    + " take operations that give a new tensor (mul for mul_)");
        }
        if (!Parameters.Theta().equal(theta).all().ToBoolean())
            throw new ExperimentException($"{_path}: it changes its own parameters when it runs: its loss is no function of them");
        if (!outputs.is_floating_point())
        {
            throw new ExperimentException($"{_path}: its output is {Shape(outputs)}, which cannot be differentiated; "
                + (outputs.is_complex()
                    ? "return real numbers, such as real and imaginary part side by side"
                    : "return the floating-point numbers before they are compared, rounded or counted"));
        }
        if (outputs.ElementSize < theta.ElementSize)
        {
            throw new ExperimentException(
                $"{_path}: its output is {Shape(outputs)}, although parameters and inputs are {Parameters.Precision}: it converts on the way,"
                    + " and rounds there; remove the conversion, or take --precision float32");
        }
        if (outputs.dim() == 0 || outputs.shape[0] != x.shape[0])
        {
            throw new ExperimentException(
                $"{_path}: its output is {Shape(outputs)} for {x.shape[0]} samples; the first dimension must be theirs");
        }
        return outputs;
    }

    private Tensor Called(Tensor x)
    {
        try
        {
            // A script that returns None gives null.
            if (_module.call(x) is { } outputs) return outputs;
        }
        catch (ExternalException e)
        {
            var integers = x.is_floating_point() ? "" : "; x holds integers: are they numbers that should be floating-point?";
            throw new ExperimentException($"{_path}: it does not run on x {Shape(x)}: {Reason(e)}{integers}", e);
        }
        catch (Exception e) when (e is InvalidCastException or ArgumentException or NotSupportedException)
        {
            throw new ExperimentException($"{_path}: its output is not one tensor", e);
        }
        throw new ExperimentException($"{_path}: its output is not one tensor, but None");
    }

    /// <remarks>Whole numbers are targets too where each output has one: counts and years, and 0 and 1.</remarks>
    private Tensor SquaredErrorTargets(Tensor outputs, Tensor y)
    {
        // One output for each sample and one target for each: without this they would be broadcast against each other.
        var targets = y.dim() == 1 && outputs.dim() == 2 && outputs.shape[1] == 1 ? y.unsqueeze(1) : y;
        if (!targets.shape.Skip(1).SequenceEqual(outputs.shape.Skip(1)))
        {
            throw new ExperimentException(
                $"y: {Shape(y)} does not fit the outputs {Shape(outputs)}: for the loss mse both have one shape"
                    + (y.is_floating_point() || y.dim() > 1 ? "" : "; are these classes? --loss cross-entropy takes them, and mse takes them one-hot"));
        }
        var numbers = targets.to(Parameters.Precision);
        if (!y.is_floating_point() && !numbers.to(y.dtype).equal(targets).all().ToBoolean())
            throw new ExperimentException($"y: {Shape(y)} holds whole numbers that {Parameters.Precision} rounds; use --precision float64 or smaller numbers");
        return numbers.alias();
    }

    private Tensor Classes(Tensor outputs, Tensor y)
    {
        if (outputs.dim() != 2)
        {
            throw new ExperimentException(
                $"{_path}: its outputs {Shape(outputs)} are no scores of classes [n,c], which cross-entropy needs");
        }
        if (y.is_floating_point() || y.dim() != 1)
            throw new ExperimentException($"y: {Shape(y)} for the loss cross-entropy, which needs integer classes [n]");
        var (least, largest, classes) = (y.min().to(ScalarType.Int64).item<long>(), y.max().to(ScalarType.Int64).item<long>(), outputs.shape[1]);
        if (least < 0 || largest >= classes)
        {
            throw new ExperimentException(
                $"y: classes {least} to {largest}, and the model has {classes} outputs: they must be 0 to {classes - 1}");
        }
        return nn.functional.one_hot(y.to(ScalarType.Int64), classes).to(Parameters.Precision);
    }

    /// <summary>One micro-batch, differentiated twice, before many are.</summary>
    private void Check(DifferentiableSum loss, Action<string>? watch)
    {
        watch?.Invoke("computes its loss");
        using var scope = NewDisposeScope();
        var first = loss with { Terms = 1 };
        var theta = Parameters.Theta();
        try
        {
            if (!first.Loss(theta).Equals(first.Loss(theta)))
            {
                throw new ExperimentException(
                    $"{_path}: its loss differs between two calls at one point: is there a dropout that is always on?");
            }
            watch?.Invoke("differentiates its loss");
            using var expansion = first.ExpandAt(theta);
            if (!double.IsFinite(expansion.Loss))
                throw new ExperimentException($"{_path}: its loss on these data is {expansion.Loss}");
            watch?.Invoke(Twice);
            expansion.HessianTimes(expansion.Gradient).Dispose();
        }
        catch (ExternalException e)
        {
            var layer = Parameters.WithoutSecondDerivative(first);
            throw new ExperimentException(
                $"{_path}: libtorch cannot differentiate its loss twice"
                    + (layer is null ? "" : $", behind {layer}")
                    + $": {Reason(e)}; compose that layer from elementary operations",
                e);
        }
    }

    private static string Shape(Tensor tensor) => $"[{string.Join(',', tensor.shape)}] {tensor.dtype}";

    /// <summary>Of a message of many lines, with the calls inside the script and libtorch, the one that says what is
    /// wrong.</summary>
    private static string Reason(ExternalException e)
    {
        var lines = e.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var said = lines.LastOrDefault(IsRaised) ?? lines[0];
        const string Usual = "RuntimeError:";
        return (said.StartsWith(Usual, StringComparison.Ordinal) ? said[Usual.Length..] : said).Trim().TrimEnd('.');
    }

    // As Python's interpreter ends a traceback: "RuntimeError: what is wrong".
    private static bool IsRaised(string line) =>
        line.IndexOf(": ", StringComparison.Ordinal) is var end and > 0
        && (line[..end].EndsWith("Error", StringComparison.Ordinal) || line[..end].EndsWith("Exception", StringComparison.Ordinal))
        && !line[..end].Contains(' ');

    private static string Kind(string path)
    {
        const string How = "write one with torch.jit.save(torch.jit.script(model), path)";
        try
        {
            using var zip = ZipFile.OpenRead(path);
            return zip.Entries.Any(entry => entry.FullName.EndsWith("/data.pkl", StringComparison.Ordinal))
                ? $"it holds a state_dict or a pickled model without its code; {How}"
                : How;
        }
        catch (InvalidDataException)
        {
            return How;
        }
    }
}
