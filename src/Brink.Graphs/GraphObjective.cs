using Brink.Objectives;
using Brink.Taylor;

namespace Brink.Graphs;

/// <summary>The loss of a graph over data, as an objective of either engine.</summary>
/// <remarks>Samples are evaluated in units: single samples; batches of the size that the graph is made for; or all samples where
/// they depend on each other, as in batch norm by the statistics of the batch, or where the loss is inside the graph.</remarks>
public sealed class GraphObjective : IDisposable
{
    private const int CoupledSamples = 8;   // at most, in the test of their coupling

    private readonly GraphModel _model;
    private readonly IReadOnlyDictionary<string, Tensor> _inputs;
    private readonly Tensor? _targets;
    private readonly GraphLoss _loss;
    private readonly List<Tensor> _owned = [];
    private readonly List<string> _remarks = [];

    /// <summary>Checks model, data and loss against each other.</summary>
    /// <param name="model">Model.</param>
    /// <param name="inputs">Inputs by name, each [n,...]; the caller owns them and keeps them alive.</param>
    /// <param name="targets">Targets [n,...]; null where the loss is inside the graph.</param>
    /// <param name="loss">The loss.</param>
    /// <exception cref="GraphException">They do not fit each other.</exception>
    public GraphObjective(GraphModel model, IReadOnlyDictionary<string, Tensor> inputs, Tensor? targets, GraphLoss loss)
    {
        (_model, _inputs, _targets, _loss) = (model, Named(model.Graph, inputs), targets, loss);
        if (loss != GraphLoss.Inside && targets is null) throw new GraphException("the data have no targets; name their array y");
        var used = model.Graph.Inputs
            .Select(input => _inputs.GetValueOrDefault(input.Name))
            .OfType<Tensor>()
            .Where(x => x.dim() > 0)
            .ToArray();
        Samples = targets?.shape[0] ?? (used.Length > 0 ? used[0].shape[0] : 1);
        if (loss != GraphLoss.Inside && used.FirstOrDefault(x => x.shape[0] != Samples) is { } other)
            throw new GraphException($"there are {Samples} targets and {other.shape[0]} inputs; each sample needs both");
        Unit = loss == GraphLoss.Inside ? Samples : UnitOfSamples();
    }

    /// <summary>The number of samples n.</summary>
    public long Samples { get; }

    /// <summary>The samples that are evaluated together at least.</summary>
    public long Unit { get; }

    /// <summary>Facts that a user should know, a sentence each.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Weight of a sample's loss in that of all; a loss inside the graph is that of all.</summary>
    private double Weight => _loss == GraphLoss.Inside ? 1 : 1.0 / Samples;

    /// <summary>The loss on the engine of truncated polynomials.</summary>
    /// <param name="precision">float32 or float64.</param>
    /// <param name="budget">Bytes that an expansion may keep.</param>
    /// <exception cref="ForeignPrimitiveException">An operator runs on autograd only.</exception>
    public TaylorLoss OnEngine(ScalarType precision, long budget = DifferentiableSum.DefaultExpansionBudget) =>
        Explained(() => TaylorLoss.Over(
            _model.Dimension,
            Samples / Unit,
            precision,
            LossOf,
            Weight,
            budget,
            Unit == 1 ? null : 1));

    /// <summary>The loss on libtorch's automatic differentiation.</summary>
    /// <param name="precision">float32 or float64.</param>
    /// <param name="microBatch">Samples that are evaluated together.</param>
    /// <param name="budget">Bytes that an expansion may keep.</param>
    public DifferentiableSum OnAutograd(
        ScalarType precision,
        int microBatch,
        long budget = DifferentiableSum.DefaultExpansionBudget) => Explained(() =>
    {
        var units = Samples / Unit;
        var together = Math.Max(1, microBatch / Unit);
        var terms = (int)((units + together - 1) / together);
        Value[] losses = [.. Enumerable.Range(0, terms).Select(i => Kept(i * together, Math.Min(together, units - (i * together))))];
        return new DifferentiableSum(
            _model.Dimension, precision, terms, (theta, i) => losses[i].Evaluate(theta).sum() * Weight, budget);
    });

    /// <summary>Coordinates in which the trace of the Hessian is cheap.</summary>
    public UnitShifts Shifts() => Explained(() => new UnitShifts(_model.Dimension, Samples / Unit, LossOf, Weight, Unit == 1 ? null : 1));

    /// <summary>The outputs at parameters theta, in float64.</summary>
    public IReadOnlyList<Tensor> OutputsAt(Tensor theta) => Explained(() =>
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return _model.Evaluate(_inputs).Select(output => scope.MoveToOuter(At(output, theta))).ToArray();
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _owned) tensor.Dispose();
    }

    /// <summary>The sum of the losses of units.</summary>
    private Value LossOf(long start, long count)
    {
        if (Unit == 1) return LossOfSamples(start, count);
        return Enumerable.Range(0, checked((int)count)).Select(i => LossOfSamples((start + i) * Unit, Unit)).Aggregate((x, y) => x + y);
    }

    private Value LossOfSamples(long start, long count)
    {
        var output = _model.Evaluate(Part(start, count))[0];
        if (_loss == GraphLoss.Inside)
        {
            if (output.Count != 1)
            {
                throw new GraphException(
                    $"the output has the shape [{string.Join(',', output.Shape)}]; a loss inside the graph is a single number");
            }
            return output.Contiguous().Reshape(1);
        }
        if (output.Rank == 0 || output.Shape[0] != count)
        {
            throw new GraphException(
                $"the output has the shape [{string.Join(',', output.Shape)}] for {count} samples; its first dimension must be theirs");
        }
        return OutputLoss.Of(_loss, output, _targets!.narrow(0, start, count));
    }

    private Dictionary<string, Tensor> Part(long start, long count) => _inputs.ToDictionary(
        pair => pair.Key,
        pair => _loss == GraphLoss.Inside || pair.Value.dim() == 0 ? pair.Value : pair.Value.narrow(0, start, count),
        StringComparer.Ordinal);

    /// <summary>Builds a loss whose data live as long as this object.</summary>
    private Value Kept(long start, long count)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var loss = LossOf(start, count);
        foreach (var data in loss.Data())
        {
            data.DetachFromDisposeScope();
            _owned.Add(data);
        }
        return loss;
    }

    private long UnitOfSamples()
    {
        var sizes = _model.Graph.Inputs
            .Select(input => input.Shape is [{ } size, ..] ? size : (long?)null)
            .Where(size => size is not null)
            .Distinct()
            .ToArray();
        if (sizes.Length > 0 && sizes[0] is { } batch && batch != 1)
        {
            if (Samples % batch != 0)
            {
                throw new GraphException(
                    $"the model is made for batches of {batch} samples, and the data have {Samples}; give a multiple, or export with a free"
                        + " batch size");
            }
            if (batch < Samples)
                _remarks.Add($"The model is made for batches of {batch} samples: the loss is the mean over {Samples / batch} batches.");
            return batch;
        }
        if (Samples == 1 || !IsCoupled()) return 1;
        _remarks.Add(
            "The output of a sample depends on the other samples of its batch (batch norm with batch statistics?): the loss is that of"
                + $" all {Samples} samples in one batch.");
        return Samples;
    }

    /// <summary>True if the outputs of samples differ between batches, at the file's parameters or at others: a factor that
    /// starts at zero could hide it. A graph that accepts only the whole batch is coupled too.</summary>
    private bool IsCoupled()
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var count = Math.Min(Samples, CoupledSamples);
        var half = count / 2;
        var theta = _model.Theta();
        using var generator = new Generator(13, CPU);
        var away = theta + (0.1 * theta.square().mean().sqrt() * randn(theta.shape[0], dtype: ScalarType.Float64, generator: generator));
        Quantity whole, first;
        try
        {
            (whole, first) = (_model.Evaluate(Part(0, count))[0], _model.Evaluate(Part(0, half))[0]);
        }
        catch (GraphException) when (Accepts(Samples))
        {
            return true;
        }
        return new[] { theta, away }.Any(point =>
        {
            var (all, alone) = (At(whole, point), At(first, point));
            if (all.dim() == 0 || all.shape[0] != count) return false;
            var difference = (all.narrow(0, 0, half) - alone).abs().max().item<double>();
            return !(difference <= 1e-10 * all.abs().max().item<double>());
        });
    }

    private bool Accepts(long count)
    {
        try
        {
            return _model.Evaluate(Part(0, count)).Count > 0;
        }
        catch (GraphException)
        {
            return false;
        }
    }

    /// <summary>The arrays by the names of the inputs. A single input takes a single array, besides y, of any name.</summary>
    private static IReadOnlyDictionary<string, Tensor> Named(Graph graph, IReadOnlyDictionary<string, Tensor> arrays)
    {
        if (graph.Inputs is not [var input] || arrays.ContainsKey(input.Name)) return arrays;
        var others = arrays.Where(pair => !string.Equals(pair.Key, "y", StringComparison.Ordinal)).ToArray();
        return others is [var single]
            ? new Dictionary<string, Tensor>(StringComparer.Ordinal) { [input.Name] = single.Value }
            : throw new GraphException(
                $"the model needs the input '{input.Name}', and the data have the arrays {string.Join(", ", arrays.Keys)}");
    }

    private static Tensor At(Quantity output, Tensor theta) =>
        output.Data is { } data ? data : output.Contiguous().Evaluate(theta).reshape(output.Shape);

    private static T Explained<T>(Func<T> build)
    {
        try
        {
            return build();
        }
        catch (ArgumentException e)
        {
            throw new GraphException(e.Message.Split(" (Parameter")[0], e);
        }
    }
}
