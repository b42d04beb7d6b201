using System.Globalization;
using System.Runtime.InteropServices;
using Brink.Native;
using Brink.Objectives;

namespace Brink.Lab;

/// <summary>A TorchScript file as a model whose loss can be differentiated. Faults of the file are found before any long
/// computation, and reported in one line.</summary>
public sealed class ScriptModel : IDisposable
{
    /// <summary>Message to a watcher before the second derivative.</summary>
    public const string Twice = "differentiates its loss twice";

    // Least number of samples in the test of their coupling, which runs each half of them alone.
    private const int CoupledSamples = 8;

    private readonly string _path;
    private readonly jit.ScriptModule<Tensor, Tensor> _module;
    private readonly BufferSnapshot _buffers;   // as the file has them
    private readonly List<string> _remarks = [];

    /// <summary>Loads the model in evaluation mode.</summary>
    /// <param name="path">File of torch.jit.save.</param>
    /// <param name="precision">float32 or float64: floating-point parameters and buffers are converted.</param>
    /// <param name="parameters">Safetensors file with values that replace those of the model, by name; null: none.</param>
    /// <exception cref="ExperimentException">The file is not TorchScript, has nothing to train, or holds a value that is not
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
            CheckTypes();
            ScriptPrecision.Set(_module, precision);
            Parameters = new(_module);
        }
        catch (ExternalException e)
        {
            throw new ExperimentException($"{path}: not a TorchScript file; {ScriptFailure.OfLoading(path)}", e);
        }
        catch (ArgumentException e)
        {
            throw new ExperimentException($"{path}: {ScriptFailure.OfFreezing(path) ?? e.Message.Split(" (Parameter")[0]}", e);
        }
        if (parameters is not null) ModuleFile.Load(parameters, _module, Parameters, Path.GetFileName(path));
        using var scope = NewDisposeScope();
        var values = _module.named_parameters().Select(part => (part.name, value: (Tensor)part.parameter))
            .Concat(ScriptBuffers.Of(_module).Select(part => (part.Name, part.Value)));
        foreach (var (name, value) in values)
            if (!value.isfinite().all().ToBoolean())
                throw new ExperimentException($"{path}: {name}: contains non-finite values");
        _buffers = new(_module);
    }

    /// <summary>The trainable parameters of the model.</summary>
    public ModuleParameters Parameters { get; }

    /// <summary>Name and shape of each parameter, frozen ones included.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Shapes =>
        [.. _module.named_parameters().Select(part => (part.name, (IReadOnlyList<long>)part.parameter.shape))];

    /// <summary>Names of the floating-point values that are not parameters, such as the statistics of batch norm.</summary>
    internal IReadOnlyList<string> Others
    {
        get
        {
            using var scope = NewDisposeScope();
            return [.. ScriptBuffers.Of(_module).Where(part => part.Value.is_floating_point()).Select(part => part.Name)];
        }
    }

    /// <summary>Replaces values by name; names that the model does not have are ignored.</summary>
    /// <exception cref="ExperimentException">A shape does not fit, or a value is not finite.</exception>
    internal void Set(IReadOnlyDictionary<string, Tensor> values) => ModuleFile.Set(values, _module, Path.GetFileName(_path), _buffers);

    /// <summary>Runs the model as in training: batch norm takes the statistics of the samples.</summary>
    internal void Train() => _module.train();

    /// <summary>Warnings about the model, a sentence each.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Returns the mean loss over the samples; the caller still owns x and y.</summary>
    /// <param name="loss">mse: the sum over outputs of (f - y)^2; cross-entropy: y are classes.</param>
    /// <param name="x">[n,...].</param>
    /// <param name="y">mse: floating point, shaped as the outputs; cross-entropy: integers [n].</param>
    /// <param name="microBatch">Samples in one forward pass.</param>
    /// <param name="watch">Called with the next operation that may crash native code.</param>
    /// <exception cref="ExperimentException">Model, data and loss do not fit each other, or the loss cannot be
    /// differentiated twice.</exception>
    public DifferentiableSum Loss(LossKind loss, Tensor x, Tensor y, int microBatch, Action<string>? watch = null)
    {
        var sum = UncheckedLoss(loss, x, y, microBatch, watch);
        Check(sum, watch);
        _buffers.Restore();
        return sum;
    }

    /// <summary>Returns the mean loss without a test of its derivatives.</summary>
    /// <inheritdoc cref="Loss"/>
    public DifferentiableSum UncheckedLoss(LossKind loss, Tensor x, Tensor y, int microBatch, Action<string>? watch = null)
    {
        using var scope = NewDisposeScope();
        _remarks.Clear();
        var n = x.shape[0];
        var few = Math.Min(microBatch, n);
        var outputs = Outputs(x.narrow(0, 0, few), watch);
        if (_buffers.Changed() is { } changed)
        {
            _remarks.Add(
                $"The model is always in training mode: running it changes {changed}, and eval() does not prevent that (was it traced"
                    + " in training mode?). Its buffers are restored to the values of the file.");
        }
        var isCoupled = IsCoupled(x, Math.Min(n, Math.Max(few, CoupledSamples)));
        _buffers.Restore();
        var targets = ScriptTargets.For(loss, outputs, y, Parameters.Precision, _path);
        if (n % few is > 0 and var rest && !isCoupled)
        {
            // The last micro-batch is smaller: a script may be made for one size only.
            var last = Outputs(x.narrow(0, n - rest, rest), watch);
            if (!last.shape.Skip(1).SequenceEqual(outputs.shape.Skip(1)))
            {
                throw new ExperimentException(
                    $"{_path}: the output is {Shape(outputs)} for {few} samples and {Shape(last)} for {rest}; only the first dimension"
                        + " may differ");
            }
        }
        var sum = Mean(microBatch);
        if (isCoupled)
        {
            var memory = few < n ? MemoryOfOneBatch(sum, n, few) : "";
            sum = Mean((int)n);
            _remarks.Add(
                "The output of a sample depends on the other samples of its batch (batch norm with batch statistics?): the loss is that"
                    + $" of all {n} samples in one micro-batch{memory}.");
        }
        scope.MoveToOuter(targets);
        return sum;

        DifferentiableSum Mean(int size) => Parameters.MeanLoss(
            _module.call, loss == LossKind.Mse ? EmpiricalLoss.SquaredError : EmpiricalLoss.CrossEntropy, x, targets, size);
    }

    /// <summary>Tests whether samples depend on each other, at the model's parameters and at others: a factor that starts at
    /// zero could hide it.</summary>
    private bool IsCoupled(Tensor x, long samples)
    {
        using var scope = NewDisposeScope();
        // Spread over the data: the first ones may be alike.
        var spread = x.index_select(0, linspace(0, x.shape[0] - 1, samples, dtype: ScalarType.Float64).to(ScalarType.Int64));
        if (SampleCoupling.Exists(_module.call, spread)) return true;
        var theta = Parameters.Theta();
        try
        {
            using var generator = new Generator(13, CPU);
            var away = randn(theta.shape[0], dtype: theta.dtype, generator: generator);
            Parameters.Set(theta + (0.1 * theta.square().mean().sqrt() * away));
            return SampleCoupling.Exists(_module.call, spread);
        }
        finally
        {
            Parameters.Set(theta);
        }
    }

    /// <summary>Describes the memory that all samples take in one micro-batch, estimated from a few.</summary>
    /// <exception cref="ExperimentException">The machine has less memory.</exception>
    private string MemoryOfOneBatch(DifferentiableSum sum, long samples, long few)
    {
        const double Gigabyte = 1e9;
        using var scope = NewDisposeScope();
        var before = ProcessMemory.AllocatedBytes();
        using var expansion = (sum with { Terms = 1 }).ExpandAt(Parameters.Theta());
        var bytes = (double)Math.Max(0, ProcessMemory.AllocatedBytes() - before) * samples / few;
        MachineMemory.Require(
            bytes,
            $"{_path}: the output of a sample depends on the other samples of its batch, so that all {samples} samples form one"
                + " micro-batch",
            "use fewer samples");
        return string.Create(
            CultureInfo.InvariantCulture,
            $", which needs about {Math.Max(0.01, bytes / Gigabyte):0.##} GB; --micro-batch {few} would give a different loss");
    }

    /// <summary>Returns whether the model runs in float32; called where it does not run in float64.</summary>
    private bool RunsInFloat32(Tensor x)
    {
        try
        {
            using var scope = NewDisposeScope();
            using var quiet = no_grad();
            using var other = new ScriptModel(_path, ScalarType.Float32);
            return other._module.call(x.to(ScalarType.Float32)) is not null;
        }
        catch (Exception e) when (e is ExternalException or ExperimentException)
        {
            return false;
        }
    }

    /// <summary>Refuses parameters that a conversion would change.</summary>
    private void CheckTypes()
    {
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in _module.named_parameters())
            if (parameter.is_complex())
            {
                throw new ExperimentException(
                    $"{_path}: parameter {name} is {parameter.dtype}; parameters must be real: store the real and the imaginary part as two"
                        + " parameters (torch.view_as_real) and combine them where they are used");
            }
    }

    /// <summary>Describes a second derivative that is not finite, with its place.</summary>
    /// <param name="loss">The loss of a few samples, or of all.</param>
    public string NotFinite(DifferentiableSum loss)
    {
        using var scope = NewDisposeScope();
        var layer = Enumerable.Range(0, loss.Terms)
            .Select(i => Parameters.WithoutSecondDerivative(loss with { Terms = 1, Term = (theta, _) => loss.Term(theta, i) }))
            .FirstOrDefault(name => name is not null);
        return "a Hessian product is not finite" + (layer is null ? "" : $" in the operations after {layer}")
            + ": the loss has no second derivative at this point; look for a norm, square root or division at zero";
    }

    /// <summary>Returns whether the loss depends on any trainable parameter.</summary>
    public bool DependsOnParameters(DifferentiableSum loss)
    {
        using var scope = NewDisposeScope();
        return loss.Term(Parameters.Theta(), 0).requires_grad;
    }

    /// <summary>Writes parameters and buffers by their names, in this precision, as safetensors.</summary>
    /// <param name="path">Output file; replaced where it exists.</param>
    public void Save(string path)
    {
        _buffers.Restore();
        ModuleFile.Write(
            path,
            _module,
            Parameters,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["model"] = Path.GetFileName(_path),
                ["precision"] = Parameters.Precision.ToString().ToLowerInvariant(),
            });
    }

    /// <summary>Frees the module.</summary>
    public void Dispose()
    {
        _buffers.Dispose();
        _module.Dispose();
    }

    /// <summary>Returns the outputs of one micro-batch, in floating point, a row for each sample.</summary>
    private Tensor Outputs(Tensor x, Action<string>? watch)
    {
        watch?.Invoke($"runs it on x {Shape(x)}");
        using var quiet = no_grad();
        var (given, theta) = (x.clone(), Parameters.Theta());
        var outputs = Called(given);
        if (!given.equal(x).all().ToBoolean())
        {
            throw new ExperimentException(
                $"{_path}: the model changes its input in place, so that a second pass has other samples;"
                    + " use operations that return a new tensor (mul instead of mul_)");
        }
        if (!Parameters.Theta().equal(theta).all().ToBoolean())
        {
            throw new ExperimentException(
                $"{_path}: the model changes its own parameters when it runs, so that its loss is not a function of them; remove the"
                    + " update");
        }
        if (!outputs.is_floating_point())
        {
            throw new ExperimentException($"{_path}: the output is {Shape(outputs)}, which cannot be differentiated; "
                + (outputs.is_complex()
                    ? "return real numbers, such as the real and the imaginary part"
                    : "return floating-point numbers, before any comparison, rounding or count"));
        }
        if (outputs.ElementSize < theta.ElementSize)
        {
            throw new ExperimentException(
                $"{_path}: the output is {Shape(outputs)}, although parameters and inputs are {Parameters.Precision}: the model converts"
                    + " to a lower precision; remove the conversion, or use --precision float32");
        }
        if (outputs.dim() == 0 || outputs.shape[0] != x.shape[0])
        {
            throw new ExperimentException(
                $"{_path}: the output is {Shape(outputs)} for {x.shape[0]} samples; its first dimension must be the number of samples");
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
            throw new ExperimentException(
                $"{_path}: the model fails on x {Shape(x)}: {ScriptFailure.OfRunning(_path, x, e, () => RunsInFloat32(x))}", e);
        }
        catch (Exception e) when (e is InvalidCastException or ArgumentException or NotSupportedException)
        {
            throw new ExperimentException($"{_path}: the output is not a tensor; return a single tensor", e);
        }
        throw new ExperimentException($"{_path}: the model returns None; return a single tensor");
    }

    /// <summary>Differentiates one micro-batch twice, as a test before all are.</summary>
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
                    $"{_path}: the loss differs between two calls at one point; remove dropout that is always active, or other randomness");
            }
            watch?.Invoke("differentiates its loss");
            using var expansion = first.ExpandAt(theta);
            if (!double.IsFinite(expansion.Loss))
                throw new ExperimentException($"{_path}: the loss on these data is {expansion.Loss}; check the data and the parameters");
            watch?.Invoke(Twice);
            if (!expansion.HessianTimes(expansion.Gradient).isfinite().all().ToBoolean())
                throw new ExperimentException($"{_path}: {NotFinite(first)}");
        }
        catch (ExternalException e)
        {
            var layer = Parameters.WithoutSecondDerivative(first);
            throw new ExperimentException(
                $"{_path}: libtorch cannot differentiate the loss twice"
                    + (layer is null ? "" : $" in the operations after {layer}")
                    + $": {ScriptFailure.Reason(e)}; compose that operation from elementary ones",
                e);
        }
    }

    private static string Shape(Tensor tensor) => $"[{string.Join(',', tensor.shape)}] {tensor.dtype}";
}
