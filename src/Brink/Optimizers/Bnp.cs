using Brink.Objectives;
using TorchSharp.Modules;

namespace Brink.Optimizers;

/// <summary>Preconditions gradients by batch normalization: they become those of the normalised network, without a layer in the
/// forward pass (Lange, Helfrich, Ye 2022, JMLR 23(72)).</summary>
/// <remarks>
/// <para>For a neuron with bias b and weights w on inputs h let w^ = [b; w] and P = U D, U = [1, -mu^T; 0, I], D = diag(1,
/// 1/sigma~). Then [1, h^T] P = [1, ((h - mu)/sigma~)^T]: descent in z where w^ = P z is descent on normalised inputs, and in
/// w^ it is descent along P P^T grad. <see cref="Precondition"/> replaces the gradients by (1/q^2) P P^T grad; any optimizer
/// can then use them. Its weight decay is not preconditioned.</para>
/// <para>mu and sigma^2 are running statistics of each layer's inputs, taken by forward hooks in training mode while gradients
/// are enabled; they need no batch larger than one (<see cref="InputStatistics"/>). sigma~^2 = sigma^2 + eps1 max sigma^2 +
/// eps2. q^2 = max(n/N, 1): n weights of a neuron, N rows of the step (<see cref="BnpRows"/>).</para>
/// <para>Convolution: a row is the patch under one output position, its statistics those of the channel over batch and
/// positions, the same for all taps. The statistics are those of the input before padding: padded zeros (or other values) do
/// not count, although they are part of the patches. Stride, dilation and groups are those of the layer.</para>
/// <para>A layer without a trainable bias has no row of ones to centre with: it is only scaled. A layer that is called several
/// times in a step counts as called once with all its inputs; gradients accumulated over several batches count in the same way.
/// All other parameters (norms, embeddings, transposed convolutions, attention's own projections) keep their gradients.</para>
/// </remarks>
/// <example><code>
/// using var bnp = new Bnp(model);
/// // in the loop, when the backward pass of the loss is done:
/// bnp.Precondition();
/// optimizer.step();
/// </code></example>
public sealed class Bnp : IDisposable
{
    private readonly ModuleParameters _parameters;
    private readonly BnpLayer[] _layers;

    /// <param name="module">Any module; the caller keeps it. Move it to its device and precision first.</param>
    /// <param name="settings">Constants; those of the paper if null.</param>
    /// <exception cref="ArgumentException">The module has no dense or convolutional layer to train, or two of them share a
    /// parameter; or a setting is invalid.</exception>
    public Bnp(nn.Module module, BnpSettings? settings = null)
    {
        var constants = (settings ?? new()).Checked();
        (string Name, nn.Module Module)[] modules =
            [.. module.named_modules().Prepend(("", module)).DistinctBy(named => named.Item2, ReferenceEqualityComparer.Instance)];
        var found = modules
            .Where(named => named.Module is Linear or Conv2d && Own(named.Module, "weight") is { requires_grad: true })
            .ToArray();
        if (found.Length == 0)
        {
            throw new ArgumentException(
                "the module has no Linear or Conv2d layer with a trainable weight; there is nothing to precondition", nameof(module));
        }
        _parameters = new(module);
        var owners = modules
            .SelectMany(named => named.Module.named_parameters(recurse: false)
                .Select(part => (named.Name, Index: _parameters.IndexOf(part.parameter))))
            .Where(part => part.Index >= 0)
            .ToLookup(part => part.Index, part => part.Name);
        var layers = new List<BnpLayer>();
        foreach (var (name, layer) in found)
        {
            var (weight, bias) = (Part(layer, "weight")!.Value, Part(layer, "bias"));
            foreach (var index in bias is { } trained ? new[] { weight.Index, trained.Index } : [weight.Index])
            {
                if (owners[index].Count() < 2) continue;
                foreach (var made in layers) made.Dispose();
                throw new ArgumentException(
                    $"{string.Join(" and ", owners[index].Select(Shown))} share a parameter, whose gradient is a sum over inputs with"
                        + " different statistics; give each layer its own parameter, or call one layer twice",
                    nameof(module));
            }
            layers.Add(new((nn.Module<Tensor, Tensor>)layer, name, weight, bias, constants));
        }
        _layers = [.. layers];
    }

    /// <summary>The names of the preconditioned layers, in the module's order; the name of the module itself is
    /// empty.</summary>
    public IReadOnlyList<string> Layers => [.. _layers.Select(layer => layer.Name)];

    /// <summary>The number of preconditioned steps.</summary>
    public long Steps { get; private set; }

    /// <summary>Adds the step's inputs to the statistics, and replaces the gradients by (1/q^2) P P^T grad. Call it between the
    /// backward pass and the optimizer's step.</summary>
    /// <exception cref="ArithmeticException">A gradient or an input is not finite: neither gradients nor statistics were
    /// changed, and the step's inputs are discarded.</exception>
    /// <exception cref="InvalidOperationException">There is no gradient, or a layer has one but its inputs were not recorded;
    /// nothing was changed.</exception>
    public void Precondition()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var step = Steps + 1;
        Tensor?[] gradients = [.. _parameters.Leaves.Select(leaf => leaf.grad)];
        if (gradients.All(gradient => gradient is null))
            throw new InvalidOperationException($"step {step}: no parameter has a gradient; call backward() before Precondition()");
        var due = _layers.Where(layer => gradients[layer.Weight.Index] is not null).ToArray();
        foreach (var layer in due.Where(layer => !layer.Statistics.Pending && gradients[layer.Weight.Index]!.any().ToBoolean()))
        {
            throw new InvalidOperationException(
                $"step {step}: layer {Shown(layer.Name)} has a gradient, but no input of it was recorded since the last step; run the"
                    + " layer in training mode by call(x), because forward(x) runs no hooks, and call Precondition() once per step");
        }
        due = [.. due.Where(layer => layer.Statistics.Pending)];
        CheckFinite(gradients, step);
        foreach (var layer in due)
        {
            layer.Step();
            layer.Transform(gradients[layer.Weight.Index]!);
        }
        // Inputs of layers without a gradient (a discarded output) do not belong to the next step.
        DiscardInputs();
        Steps = step;
    }

    /// <summary>Returns the statistics, rows and number of steps, from which a later <see cref="Restore"/> continues, bit for
    /// bit.</summary>
    /// <returns>Copies, owned by the caller: LAYER.mean and LAYER.variance [features], LAYER.rows and steps [1].</returns>
    public IReadOnlyDictionary<string, Tensor> State()
    {
        using var quiet = no_grad();
        var state = new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["steps"] = tensor(new[] { Steps }) };
        foreach (var layer in _layers)
        {
            state.Add(Key(layer, "mean"), layer.Statistics.Mean.clone());
            state.Add(Key(layer, "variance"), layer.Statistics.Variance.clone());
            state.Add(Key(layer, "rows"), tensor(new[] { layer.Rows }));
        }
        return state;
    }

    /// <summary>Continues from a state of a module with the same layers.</summary>
    /// <exception cref="ArgumentException">Names, shapes or types differ, or a value is negative or not finite; nothing was
    /// changed.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> state)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var own = new Owned(State());
        foreach (var (name, now) in own.Tensors)
        {
            if (!state.TryGetValue(name, out var saved))
                throw new ArgumentException($"the state has no {name}; it belongs to another module", nameof(state));
            if (!saved.shape.SequenceEqual(now.shape) || saved.dtype != now.dtype)
            {
                throw new ArgumentException(
                    $"{name} is {saved.dtype} [{string.Join(',', saved.shape)}] in the state; this module needs {now.dtype}"
                        + $" [{string.Join(',', now.shape)}]",
                    nameof(state));
            }
            if (!saved.isfinite().all().ToBoolean() || (!name.EndsWith("mean", StringComparison.Ordinal) && (saved < 0).any().ToBoolean()))
                throw new ArgumentException($"{name} in the state is negative or not finite; the state is damaged", nameof(state));
        }
        if (state.Keys.FirstOrDefault(name => !own.Tensors.ContainsKey(name)) is { } other)
            throw new ArgumentException(
                $"the state has {other}, which this module does not have; it belongs to another module", nameof(state));
        foreach (var layer in _layers)
        {
            layer.Statistics.Mean.copy_(state[Key(layer, "mean")]);
            layer.Statistics.Variance.copy_(state[Key(layer, "variance")]);
            layer.Rows = state[Key(layer, "rows")].cpu().data<long>()[0];
        }
        DiscardInputs();
        Steps = state["steps"].cpu().data<long>()[0];
    }

    /// <summary>Returns P / q in its present state, as a map of the flat parameter vector, for the spectrum of P^T H P /
    /// q^2.</summary>
    /// <param name="precision">Precision of the vectors; the module's own if null.</param>
    /// <returns>A copy, owned by the caller; later steps do not change it.</returns>
    public BnpRoot Root(ScalarType? precision = null) => new(_parameters, _layers, precision ?? _parameters.Precision);

    /// <summary>Removes the hooks. The module keeps its present gradients.</summary>
    public void Dispose()
    {
        foreach (var layer in _layers) layer.Dispose();
    }

    private void DiscardInputs()
    {
        foreach (var layer in _layers) layer.DiscardInputs();
    }

    private void CheckFinite(Tensor?[] gradients, long step)
    {
        // One sum checks all tensors; each is checked only if the sum is not finite.
        var seen = _layers.Where(layer => layer.Statistics.Pending).ToArray();
        var sum = gradients.Sum(gradient => gradient is null ? 0 : gradient.sum().ToDouble())
            + seen.Sum(layer => layer.Statistics.Probe.ToDouble());
        if (double.IsFinite(sum)) return;
        string? wrong = null;
        foreach (var ((name, _), gradient) in _parameters.Parts.Zip(gradients))
            if (gradient is not null && !gradient.isfinite().all().ToBoolean()) wrong ??= $"the gradient of {name}";
        foreach (var layer in seen)
            if (!double.IsFinite(layer.Statistics.Probe.ToDouble())) wrong ??= $"an input of layer {Shown(layer.Name)}, or its square,";
        if (wrong is null) return;   // each is finite; only their sum overflows
        DiscardInputs();
        throw new ArithmeticException(
            $"step {step}: {wrong} is not finite; no gradient was changed: skip this step or reduce the learning rate");
    }

    private (Tensor Leaf, int Index)? Part(nn.Module layer, string name) =>
        Own(layer, name) is { requires_grad: true } parameter && _parameters.IndexOf(parameter) is >= 0 and var index
            ? (_parameters.Leaves[index], index)
            : null;

    private static Parameter? Own(nn.Module layer, string name) =>
        layer.named_parameters(recurse: false).Where(part => part.name == name).Select(part => part.parameter).FirstOrDefault();

    private static string Key(BnpLayer layer, string part) => layer.Name.Length == 0 ? part : $"{layer.Name}.{part}";

    private static string Shown(string name) => name.Length == 0 ? "(the module itself)" : name;

    private sealed record Owned(IReadOnlyDictionary<string, Tensor> Tensors) : IDisposable
    {
        public void Dispose()
        {
            foreach (var one in Tensors.Values) one.Dispose();
        }
    }
}
