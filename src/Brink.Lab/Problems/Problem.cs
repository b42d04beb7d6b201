using Brink.Distributed;
using Brink.Objectives;
using Brink.Taylor;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>A study's data and model in memory, and its loss in either precision.</summary>
public sealed class Problem : IDisposable
{
    private readonly NetworkStudy _study;
    private readonly List<Tensor> _owned = [];
    private readonly DistributedLoss? _spread;   // over shards of the samples, and over the processes that have them
    private readonly Tensor? _given;   // initial parameters [p] in float64
    private readonly Dictionary<(ScalarType, int Samples), TaylorLoss> _losses = [];

    // float64, and casts from it.
    private readonly Dictionary<ScalarType, (Tensor Inputs, Tensor Targets)> _data = [];

    /// <param name="study">Study whose data and model it reads.</param>
    /// <param name="reduction">How the loss is added over the samples.</param>
    /// <param name="ranks">The processes that share the samples; null for this one alone. All of them make this object.</param>
    /// <exception cref="ExperimentException">The data are not available or do not fit the study.</exception>
    public Problem(NetworkStudy study, Reduction reduction = Reduction.Fast, Communicator? ranks = null)
    {
        _study = study;
        try
        {
            using var scope = NewDisposeScope();
            var data = LoadedData.Of(study.Data);
            DataChecksum = data.Checksum;
            Samples = (int)data.Inputs.shape[0];
            var targets = data.Targets.For(study.Loss, study.LabelSmoothing);
            Model = study.Model.Build(data.Shape, (int)targets.shape[1]);
            if (Model is GraphNetwork network) network.CheckSamples(data.Inputs);
            _data[ScalarType.Float64] = (Owned(data.Inputs), Owned(targets));
            if (study.Model.Parameters is { } file)
            {
                var given = InitialParameters.Read(file, Model);
                (_given, ParametersChecksum) = (Owned(given.Theta), given.Checksum);
            }
            if (ranks is not null || reduction == Reduction.Fixed)
                _spread = new(ranks ?? Communicator.Alone, reduction, Samples, Model.Dimension, Shard);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ExperimentException($"data: {e.Message}", e);
        }
    }

    /// <summary>The model of the study.</summary>
    public Model Model { get; }

    /// <summary>Number of training samples.</summary>
    public int Samples { get; }

    /// <summary>SHA-256 of the pixels or tokens in use and their labels, in hexadecimal; for a file of samples, of the
    /// file.</summary>
    public string DataChecksum { get; }

    /// <summary>SHA-256 of the file of initial parameters, in hexadecimal; null where the seed draws them.</summary>
    public string? ParametersChecksum { get; }

    /// <summary>Returns the initial parameters [p] in float64: those of model.parameters, else drawn by the study's
    /// seed.</summary>
    public Tensor Initial() => _given?.clone() ?? Model.Initial(_study.Seed);

    /// <summary>Returns the mean loss over the data, valid until the problem is disposed.</summary>
    public IObjective Objective(ScalarType precision) =>
        _spread?.Objective(precision) ?? Objective(precision, Samples, _study.MicroBatch);

    /// <summary>Computes for rank 0, on another rank, until rank 0 disposes its problem.</summary>
    internal void Serve() => _spread!.Serve();

    /// <summary>Returns the mean loss over the first samples only.</summary>
    public IObjective Objective(ScalarType precision, int samples, int microBatch) =>
        _study.Engine == DerivativeEngine.Taylor && Taylor(precision, samples) is { } taylor
            ? taylor
            : Autograd(precision, samples, microBatch);

    /// <summary>The reason why autograd replaces the engine that the study selects; null where it does not.</summary>
    public string? EngineNotice { get; private set; }

    /// <summary>Returns the mean loss over the first samples, differentiated by autograd whatever the study selects.</summary>
    internal IObjective Autograd(ScalarType precision, int samples, int microBatch)
    {
        var (inputs, targets) = Data(precision);
        return OnAutograd(Owned(inputs[..samples]), Owned(targets[..samples]), microBatch);
    }

    /// <summary>Returns the mean loss over some of the samples; its tensors belong to the caller's dispose scope, and the caller
    /// disposes it if it is disposable.</summary>
    /// <param name="precision">float32 or float64.</param>
    /// <param name="samples">Numbers of the samples.</param>
    public IObjective Batch(ScalarType precision, IReadOnlyList<long> samples)
    {
        var (inputs, targets) = Data(precision);
        var chosen = tensor(samples.ToArray());
        var (x, y) = (inputs.index_select(0, chosen), targets.index_select(0, chosen));
        return Objective(precision) is TaylorLoss ? OnEngine(x, y) : OnAutograd(x, y, _study.MicroBatch);
    }

    /// <summary>Returns coordinates in which the trace of the Hessian is cheap, valid until the problem is disposed; null where autograd
    /// differentiates.</summary>
    /// <param name="precision">float32 or float64.</param>
    public UnitShifts? Shifts(ScalarType precision)
    {
        if (Objective(precision) is not TaylorLoss) return null;
        var (inputs, targets) = Data(precision);
        return new(
            Model.Dimension,
            Samples,
            (start, count) => Described(inputs.narrow(0, start, count), targets.narrow(0, start, count)),
            1.0 / Samples,
            weightDecay: _study.WeightDecay);
    }

    /// <summary>Returns the data as samples for scoring a theta, valid until the problem is disposed.</summary>
    internal ScoredSamples Training(ScalarType precision)
    {
        var (inputs, targets) = Data(precision);
        return new(Model, Loss, inputs, targets, _study.MicroBatch);
    }

    /// <summary>Returns the test samples of the data with their checksum, valid until the problem is disposed.</summary>
    /// <exception cref="ExperimentException">The test data are not available or do not fit.</exception>
    internal (ScoredSamples Samples, string Checksum) Test(string? path, ScalarType precision)
    {
        try
        {
            using var scope = NewDisposeScope();
            var data = LoadedData.TestOf(_study.Data, path);
            var (inputs, targets) = (
                data.Inputs.is_floating_point() ? data.Inputs.to(precision) : data.Inputs,
                data.Targets.For(_study.Loss, _study.LabelSmoothing).to(precision));
            if (targets.shape[1] != Data(precision).Targets.shape[1])
            {
                throw new ExperimentException(
                    $"test data: targets of {targets.shape[1]} values; they must have the size of the training targets,"
                        + $" {Data(precision).Targets.shape[1]}");
            }
            return (new(Model, Loss, Owned(inputs), Owned(targets), _study.MicroBatch), data.Checksum);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ExperimentException($"test data: {e.Message}", e);
        }
    }

    /// <summary>Frees the data and the losses.</summary>
    public void Dispose()
    {
        _spread?.Dispose();
        foreach (var loss in _losses.Values) loss.Dispose();
        foreach (var tensor in _owned) tensor.Dispose();
    }

    /// <summary>Returns the loss of the engine of truncated polynomials; null where that engine cannot differentiate it, as
    /// <see cref="EngineNotice"/> then explains.</summary>
    private TaylorLoss? Taylor(ScalarType precision, int samples)
    {
        if (_losses.TryGetValue((precision, samples), out var known)) return known;
        var (inputs, targets) = Data(precision);
        if (TryEngine(Owned(inputs[..samples]), Owned(targets[..samples])) is not { } loss) return null;
        return _losses[(precision, samples)] = loss;
    }

    /// <summary>Returns the loss of samples on the engine of truncated polynomials; null, with the reason in
    /// <see cref="EngineNotice"/>, where it cannot differentiate it.</summary>
    private TaylorLoss? TryEngine(Tensor inputs, Tensor targets)
    {
        try
        {
            return OnEngine(inputs, targets);
        }
        catch (ForeignPrimitiveException e)
        {
            EngineNotice = $"{e.Message}; autograd is used";
            return null;
        }
    }

    /// <summary>Returns the mean loss over consecutive samples, which the caller disposes if it is disposable.</summary>
    private IObjective Shard(ScalarType precision, long start, long count)
    {
        var (inputs, targets) = Data(precision);
        var (x, y) = (Owned(inputs.narrow(0, start, count)), Owned(targets.narrow(0, start, count)));
        return _study.Engine == DerivativeEngine.Taylor && TryEngine(x, y) is { } engine
            ? engine
            : OnAutograd(x, y, _study.MicroBatch);
    }

    private DifferentiableSum OnAutograd(Tensor inputs, Tensor targets, int microBatch) => EmpiricalLoss.Over(
        Model.Dimension,
        Model.Outputs,
        Loss,
        inputs,
        targets,
        microBatch,
        (long)_study.ExpansionBudgetMb << 20,
        _study.WeightDecay);

    private TaylorLoss OnEngine(Tensor inputs, Tensor targets) => TaylorLoss.Over(
        Model.Dimension,
        Described,
        inputs,
        targets,
        (long)_study.ExpansionBudgetMb << 20,
        _study.WeightDecay);

    /// <summary>The sum of the losses of samples.</summary>
    private Value Described(Tensor inputs, Tensor targets)
    {
        var (outputs, expected) = (Model.Outputs(Model.Layout.Values(), inputs), Value.Constant(targets));
        return _study.Loss switch
        {
            LossKind.Mse or LossKind.BinaryMse => Losses.SquaredError(outputs, expected),
            LossKind.CrossEntropy => Losses.CrossEntropy(outputs, expected),
            LossKind.Logistic => Losses.Logistic(outputs, expected),
            _ => throw new ExperimentException($"loss: {_study.Loss} is unknown"),
        };
    }

    private LossFunction Loss => _study.Loss switch
    {
        LossKind.Mse or LossKind.BinaryMse => EmpiricalLoss.SquaredError,
        LossKind.CrossEntropy => EmpiricalLoss.CrossEntropy,
        LossKind.Logistic => EmpiricalLoss.Logistic,
        _ => throw new ExperimentException($"loss: {_study.Loss} is unknown"),
    };

    private (Tensor Inputs, Tensor Targets) Data(ScalarType precision)
    {
        if (_data.TryGetValue(precision, out var data)) return data;
        var (exactInputs, exactTargets) = _data[ScalarType.Float64];
        // Tokens are row indices: integers in any precision.
        var inputs = exactInputs.is_floating_point() ? Owned(exactInputs.to(precision)) : exactInputs;
        return _data[precision] = (inputs, Owned(exactTargets.to(precision)));
    }

    private Tensor Owned(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
