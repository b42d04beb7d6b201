using System.Runtime.InteropServices;
using Brink.Algebra;

namespace Brink.Objectives;

/// <summary>The trainable parameters of any TorchSharp module or TorchScript file, as one vector theta [p] that a loss can be
/// differentiated by.</summary>
/// <remarks>
/// <para>Frozen parameters (requires_grad false) do not count; a parameter under several names (tied weights) counts once; a
/// parameter that the loss does not reach has derivative zero.</para>
/// <para>A module holds one point at a time. An objective over it moves its parameters to each requested theta, and an
/// expansion returns to its own point before it multiplies: correct at any number of points, cheap at one.</para>
/// </remarks>
public sealed class ModuleParameters
{
    private readonly List<(string Name, Tensor Leaf)> _parts;
    private readonly Tensor[] _leaves;

    /// <param name="module">The module, which the caller owns.</param>
    /// <exception cref="ArgumentException">The module has no trainable parameters, or they are not all float32 or all float64,
    /// or two of them share memory in two layouts.</exception>
    public ModuleParameters(nn.Module module)
    {
        // Read once: a TorchScript module makes new wrappers at each call, which the caller's scope would dispose.
        var all = module.named_parameters().Where(part => part.parameter.numel() > 0).ToArray();
        if (module is jit.ScriptModule)
            foreach (var (_, parameter) in all) parameter.DetachFromDisposeScope();
        _parts = Trainable(all);
        _leaves = [.. _parts.Select(part => part.Leaf)];
        if (_parts.Count == 0)
        {
            throw new ArgumentException(
                all.Length == 0
                    ? "the module has no parameters"
                    : "all parameters of the module are frozen; set requires_grad on those to train",
                nameof(module));
        }
        Precision = _leaves[0].dtype;
        foreach (var (name, leaf) in _parts)
            if (leaf.dtype != Precision || leaf.dtype is not (ScalarType.Float32 or ScalarType.Float64))
            {
                throw new ArgumentException(
                    $"parameter {name} is {leaf.dtype}; all must be float32, or all float64", nameof(module));
            }
        Dimension = _leaves.Sum(leaf => leaf.numel());
        // For example a matrix and its transpose: moving one would move the other.
        if (_parts.GroupBy(part => Identity(part.Leaf).First).FirstOrDefault(group => group.Count() > 1) is { } shared)
        {
            throw new ArgumentException(
                $"parameters {string.Join(" and ", shared.Select(part => part.Name))} share memory in two layouts; "
                    + "keep one of them and transpose it where it is used",
                nameof(module));
        }
    }

    /// <summary>The number of parameters p.</summary>
    public long Dimension { get; }

    /// <summary>Element type of all parameters, float32 or float64.</summary>
    public ScalarType Precision { get; }

    /// <summary>Name and number of elements of each parameter, in the order of theta.</summary>
    public IEnumerable<(string Name, long Size)> Parts => _parts.Select(part => (part.Name, part.Leaf.numel()));

    /// <summary>The modules that have parameters of their own, in the order of theta.</summary>
    public IReadOnlyList<ParameterLayer> Layers => ParameterLayer.Of(Parts);

    internal IReadOnlyList<Tensor> Leaves => _leaves;

    /// <summary>A number that grows whenever the parameters are moved.</summary>
    internal long Version { get; private set; }

    /// <summary>Returns the index of a parameter among the parts, through any wrapper; -1 if it is not one of them.</summary>
    public int IndexOf(Tensor parameter)
    {
        var identity = Identity(parameter);
        return Array.FindIndex(_leaves, leaf => Identity(leaf) == identity);
    }

    /// <summary>Returns the names of the parameters that the module has begun, and has stopped, to train since these were
    /// read.</summary>
    /// <param name="module">The same module, later.</param>
    public (IReadOnlyList<string> Joined, IReadOnlyList<string> Left) Changes(nn.Module module)
    {
        using var scope = NewDisposeScope();
        var now = Trainable(module.named_parameters().Where(part => part.parameter.numel() > 0));
        var (before, after) = (_leaves.Select(Identity).ToHashSet(), now.Select(part => Identity(part.Leaf)).ToHashSet());
        return (
            [.. now.Where(part => !before.Contains(Identity(part.Leaf))).Select(part => part.Name)],
            [.. _parts.Where(part => !after.Contains(Identity(part.Leaf))).Select(part => part.Name)]);
    }

    /// <summary>The diagonal block of an operator on theta that belongs to some parameters, in the order of theta.</summary>
    /// <param name="A">Operator of dimension p.</param>
    /// <param name="names">Names of parameters, or of modules with all that is in them: "first.weight", "first",
    /// "encoder".</param>
    /// <exception cref="ArgumentException">The module has no such name.</exception>
    public SymmetricOperator Restricted(SymmetricOperator A, params IReadOnlyList<string> names)
    {
        foreach (var name in names)
            if (!_parts.Any(part => IsIn(part.Name, name)))
            {
                throw new ArgumentException(
                    $"the module has no parameter or submodule {name}; it has {string.Join(", ", _parts.Select(part => part.Name))}",
                    nameof(names));
            }
        var ranges = new List<(long Start, long Length)>();
        var start = 0L;
        foreach (var (name, leaf) in _parts)
        {
            if (names.Any(wanted => IsIn(name, wanted))) ranges.Add((start, leaf.numel()));
            start += leaf.numel();
        }
        return A.Restricted(ranges);
    }

    /// <summary>Copies the module's parameters to a vector [p] that the caller owns.</summary>
    public Tensor Theta()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        // TorchSharp's cat returns a single tensor as it is, and flatten shares memory with a vector.
        var theta = cat([.. _leaves.Select(leaf => leaf.detach().flatten())]);
        return scope.MoveToOuter(_leaves.Length == 1 ? theta.clone() : theta);
    }

    /// <summary>Sets the module's parameters to theta [p]; nothing is written if they are equal to it.</summary>
    public void Set(Tensor theta)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        if (Theta().equal(theta).all().ToBoolean()) return;
        Version++;
        var start = 0L;
        foreach (var leaf in _leaves)
        {
            leaf.copy_(theta.narrow(0, start, leaf.numel()).view_as(leaf));
            start += leaf.numel();
        }
    }

    /// <summary>Finds the last parameter, in the order of the forward pass, along which a loss over this module has no finite
    /// second derivative: the operation that causes this follows directly. Returns null if there is no such parameter.</summary>
    /// <param name="loss">Loss whose first term is tested.</param>
    /// <param name="watch">Called with each parameter before it is tried: native code may end the process.</param>
    public string? WithoutSecondDerivative(DifferentiableSum loss, Action<string>? watch = null)
    {
        foreach (var (name, leaf) in Enumerable.Reverse(_parts))
        {
            watch?.Invoke(name);
            using var scope = NewDisposeScope();
            try
            {
                var slope = Differentiation.Derivative(loss.Term(leaf, 0), [leaf], null, keepGraph: true, differentiable: true);
                var second = Differentiation.Derivative(slope, [leaf], slope.detach(), keepGraph: false, differentiable: false);
                if (!second.isfinite().all().ToBoolean()) return name;
            }
            catch (ExternalException)
            {
                return name;
            }
        }
        return null;
    }

    /// <summary>The mean over a data set of the loss of this module's outputs, as an objective of theta.</summary>
    /// <param name="module">Maps inputs [b,...] to outputs [b,c], in a mode in which it is a function of theta alone: no
    /// dropout, no running statistics that move.</param>
    /// <param name="loss">Maps outputs and targets of a micro-batch to the sum of its samples' losses.</param>
    /// <param name="inputs">Inputs [n,...]; the caller owns them and keeps them alive as long as the objective.</param>
    /// <param name="targets">Targets [n,...]; the caller keeps them alive as well.</param>
    /// <param name="microBatch">Samples in one forward pass, at least 1.</param>
    /// <param name="expansionBudget">Bytes of graphs that an expansion may keep.</param>
    public DifferentiableSum MeanLoss(
        Func<Tensor, Tensor> module,
        LossFunction loss,
        Tensor inputs,
        Tensor targets,
        int microBatch,
        long expansionBudget = DifferentiableSum.DefaultExpansionBudget) =>
        EmpiricalLoss.Over(Dimension, (_, x) => module(x), loss, inputs, targets, microBatch, expansionBudget) with
        {
            Precision = Precision,
            Parameters = this,
        };

    /// <summary>The loss as a sum of terms that the module computes at its current parameters.</summary>
    /// <param name="terms">Number of terms, at least 1.</param>
    /// <param name="term">Maps i to a scalar.</param>
    public DifferentiableSum Sum(int terms, Func<int, Tensor> term) =>
        new(Dimension, Precision, terms, (_, i) => term(i)) { Parameters = this };

    private static List<(string Name, Tensor Leaf)> Trainable(IEnumerable<(string name, TorchSharp.Modules.Parameter parameter)> all) =>
    [
        .. all.Where(part => part.parameter.requires_grad)
            .DistinctBy(part => Identity(part.parameter))
            .Select(part => (part.name, (Tensor)part.parameter)),
    ];

    private static bool IsIn(string parameter, string name) =>
        parameter == name || parameter.StartsWith(name + ".", StringComparison.Ordinal);

    // Two wrappers of one tensor have two handles, but the same first element and layout.
    private static (nint First, string Layout) Identity(Tensor parameter)
    {
        if (parameter.numel() == 0) return (parameter.Handle, "");
        using var scope = NewDisposeScope();
        // libtorch would show a copy of a tensor that is not contiguous; a single element is contiguous.
        var first = parameter.detach();
        while (first.dim() > 0) first = first.select(0, 0);
        unsafe
        {
            fixed (byte* address = &MemoryMarshal.GetReference(first.bytes))
                return ((nint)address, $"{string.Join(',', parameter.shape)} {string.Join(',', parameter.stride())}");
        }
    }
}
