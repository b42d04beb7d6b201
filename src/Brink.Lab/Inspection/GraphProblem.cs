using Brink.Graphs;
using Brink.Objectives;
using Brink.Taylor;
using Brink.Zoo.Datasets;
using Brink.Zoo.Formats;

namespace Brink.Lab;

/// <summary>A model of another framework with its samples and its loss, ready to be differentiated.</summary>
public sealed class GraphProblem : IDisposable
{
    private readonly GraphProblemFiles _files;
    private readonly GraphObjective _objective;
    private readonly Dictionary<string, Tensor> _inputs;
    private readonly Tensor? _targets;
    private readonly GraphLoss _kind;
    private readonly DerivativeEngine _differentiation;
    private readonly int _microBatch;
    private readonly List<Tensor> _owned = [];
    private readonly List<string> _remarks = [];
    private readonly TaylorLoss? _engine;

    /// <summary>Reads the files, and checks model, data and loss against each other.</summary>
    /// <param name="files">Files.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="precision">float32 or float64.</param>
    /// <param name="engine">Engine that differentiates.</param>
    /// <param name="microBatch">Samples in one forward pass on autograd.</param>
    /// <exception cref="ExperimentException">A file is invalid, or they do not fit each other.</exception>
    public GraphProblem(GraphProblemFiles files, GraphLoss loss, ScalarType precision, DerivativeEngine engine, int microBatch)
        : this(files, loss, precision, engine, microBatch, ownsData: true, () => Read(files, loss))
    {
    }

    private GraphProblem(
        GraphProblemFiles files,
        GraphLoss loss,
        ScalarType precision,
        DerivativeEngine engine,
        int microBatch,
        bool ownsData,
        Func<Content> read)
    {
        (_files, Precision, _kind, _differentiation, _microBatch) = (files, precision, loss, engine, microBatch);
        try
        {
            using var scope = NewDisposeScope();
            (Model, _inputs, _targets, var theta) = read();
            if (ownsData) foreach (var array in _inputs.Values.Append(_targets).OfType<Tensor>().Distinct()) Owned(array);
            _objective = new(Model, _inputs, _targets, loss);
            Theta = Owned(theta.to(precision));
            if (engine == DerivativeEngine.Taylor) _engine = OnEngine();
            Loss = _engine as IObjective ?? _objective.OnAutograd(precision, microBatch);
            _remarks.AddRange(GraphRemarks.Of(Model));
            _remarks.AddRange(_objective.Remarks);
        }
        catch (GraphException e)
        {
            throw Named(files, e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ExperimentException(e.Message, e);
        }
    }

    /// <summary>The model.</summary>
    public GraphModel Model { get; }

    /// <summary>Precision of all computations that depend on the parameters.</summary>
    public ScalarType Precision { get; }

    /// <summary>The mean loss over the samples.</summary>
    public IObjective Loss { get; }

    /// <summary>The parameters of the files [p].</summary>
    public Tensor Theta { get; }

    /// <summary>Number of samples.</summary>
    public long Samples => _objective.Samples;

    /// <summary>Name and size of each parameter, in the order of theta.</summary>
    public IReadOnlyList<(string Name, long Size)> Parts => [.. Model.Parameters.Select(parameter => (parameter.Name, parameter.Count))];

    /// <summary>Facts that a user should know, a sentence each.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Returns the problem with other values, on the same data; it is valid as long as this one.</summary>
    /// <param name="values">Values that replace those of the model: of parameters by their names, of other constants by
    /// theirs.</param>
    /// <exception cref="ExperimentException">A value is missing, or does not fit.</exception>
    public GraphProblem With(IReadOnlyDictionary<string, Tensor> values) => With(() =>
    {
        var model = Model.WithConstants(
            values.ToDictionary(pair => pair.Key, pair => StoredTensor.Of(pair.Value), StringComparer.Ordinal));
        return new(model, _inputs, _targets, Values(model, _files.Model, values));
    });

    /// <summary>Returns the problem with batch norms that use the statistics of the samples, on the same data; it is valid as long as
    /// this one.</summary>
    /// <exception cref="ExperimentException">The model has no batch norm.</exception>
    public GraphProblem WithBatchStatistics() => With(() => new(Model.WithBatchStatistics(), _inputs, _targets, Theta.clone()));

    /// <summary>Returns coordinates in which the trace of the Hessian is cheap; null where autograd differentiates.</summary>
    public UnitShifts? Shifts() => _engine is null ? null : _objective.Shifts();

    /// <summary>Returns the mean loss over some of the samples, on the same engine; its tensors belong to the caller's dispose scope,
    /// and the caller disposes it if it is disposable.</summary>
    /// <param name="samples">Numbers of the samples.</param>
    /// <exception cref="ExperimentException">The loss is inside the graph, which is then of all samples.</exception>
    public IObjective Batch(IReadOnlyList<long> samples)
    {
        if (_kind == GraphLoss.Inside) throw new ExperimentException("the loss is inside the graph: it has no loss of a batch");
        var chosen = tensor(samples.ToArray());
        var inputs = _inputs.ToDictionary(
            pair => pair.Key,
            pair => pair.Value.dim() > 0 && pair.Value.shape[0] == Samples ? pair.Value.index_select(0, chosen) : pair.Value,
            StringComparer.Ordinal);
        try
        {
            var part = new GraphObjective(Model, inputs, _targets?.index_select(0, chosen), _kind);
            return _engine is null ? part.OnAutograd(Precision, _microBatch) : part.OnEngine(Precision);
        }
        catch (GraphException e)
        {
            throw new ExperimentException($"a batch of {samples.Count} samples: {e.Message}", e);
        }
    }

    /// <summary>Checks the derivatives against differences of the loss.</summary>
    public DerivativeVerdict Check() => new DerivativeCheck().At(Loss, Theta, Parts);

    /// <summary>Writes the parameters by name, in float64, as safetensors.</summary>
    /// <param name="path">Output file; replaced where it exists.</param>
    public void Save(string path)
    {
        using var scope = NewDisposeScope();
        Safetensors.Write(path, Model.Parameters.ToDictionary(
            parameter => parameter.Name,
            parameter => Theta.narrow(0, parameter.Offset, parameter.Count).reshape([.. parameter.Shape]),
            StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _engine?.Dispose();
        _objective.Dispose();
        foreach (var tensor in _owned) tensor.Dispose();
    }

    private GraphProblem With(Func<Content> content) =>
        new(_files, _kind, Precision, _differentiation, _microBatch, ownsData: false, content);

    private static Content Read(GraphProblemFiles files, GraphLoss loss)
    {
        var model = GraphModelFile.Model(GraphFile.Read(files.Model), files.Weights, files.Selection, files.Output);
        var (inputs, targets) = Arrays(files, loss);
        return new(
            model, inputs, targets,
            files.Parameters is { } path ? Values(model, path, Safetensors.Read(path).Tensors) : model.Theta());
    }

    /// <summary>Returns theta [p] from the values of each parameter by its name.</summary>
    private static Tensor Values(GraphModel model, string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        return cat([.. model.Parameters.Select(parameter =>
        {
            if (!tensors.TryGetValue(parameter.Name, out var values))
                throw new GraphException($"{path}: has no tensor '{parameter.Name}', which is a parameter of the model");
            return values.shape.SequenceEqual(parameter.Shape)
                ? values.to(ScalarType.Float64).flatten()
                : throw new GraphException(
                    $"{path}: {parameter.Name}: [{string.Join(',', values.shape)}]; the model needs [{string.Join(',', parameter.Shape)}]");
        })]);
    }

    private TaylorLoss? OnEngine()
    {
        try
        {
            return _objective.OnEngine(Precision);
        }
        catch (ForeignPrimitiveException e)
        {
            _remarks.Add($"{e.Message}; autograd is used.");
            return null;
        }
    }

    /// <summary>The inputs by the names of the graph, and the targets.</summary>
    private static (Dictionary<string, Tensor> Inputs, Tensor? Targets) Arrays(GraphProblemFiles files, GraphLoss loss)
    {
        Dictionary<string, Tensor> arrays;
        if (NumpyFile.IsArchive(files.Data))
        {
            arrays = new(NumpyFile.ReadAll(files.Data), StringComparer.Ordinal);
            if (files.Targets is { } other)
                arrays["y"] = NumpyFile.IsArchive(other) ? NumpyFile.Read(other, ["y"])[0] : NumpyFile.Read(other);
        }
        else
        {
            var samples = files.Targets is { } targets ? SampleFile.ReadPair(files.Data, targets) : SampleFile.Read(files.Data);
            arrays = new(StringComparer.Ordinal) { ["x"] = samples.X, ["y"] = samples.Y };
        }
        foreach (var (input, array) in files.Inputs)
            arrays[input] = arrays.GetValueOrDefault(array)
                ?? throw new GraphException(
                    $"--input {input}={array}: {files.Data} has no array '{array}', only {string.Join(", ", arrays.Keys)}");
        return (arrays, loss == GraphLoss.Inside ? null : arrays.GetValueOrDefault("y"));
    }

    private static ExperimentException Named(GraphProblemFiles files, GraphException e) => new(
        e.Message.StartsWith(files.Model, StringComparison.Ordinal) ? e.Message : $"{files.Model}: {e.Message}", e);

    private Tensor Owned(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    private sealed record Content(GraphModel Model, Dictionary<string, Tensor> Inputs, Tensor? Targets, Tensor Theta);
}
