using System.Text.Json;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Runs a BNP study: trains every variant at each batch size, first briefly with each learning rate, then to the end
/// with the best.</summary>
internal sealed class BnpComparison(BnpStudy study, RunWriter run, TimeProvider time) : IStudyRun
{
    public static readonly StudyKind Kind = new StudyKind<BnpStudy>(
        BnpStudy.Default, (study, run, time, _) => new BnpComparison(study, run, time));

    private readonly RunJournal _journal = new(run, time);
    private readonly List<BnpResult> _results = [];

    private static string Process(BnpVariant variant, int batch) => BnpSchema.Process(Name(variant), batch);

    /// <summary>The name of a variant, such as batch-norm.</summary>
    public static string Name(BnpVariant variant) => Names.Dashed($"{variant}");

    /// <inheritdoc/>
    public RunSummary Run(string name, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.Begin(name, study);
        return TrainAll(progress, cancellation);
    }

    /// <inheritdoc/>
    /// <remarks>Checkpoints are written between trainings: an interrupted training starts again.</remarks>
    public RunSummary Resume(Checkpoint from, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.Resume(from.Seconds);
        _results.AddRange(JsonSerializer.Deserialize<List<BnpResult>>(from.State.Word("results"), RunJson.Options)!);
        return TrainAll(progress, cancellation);
    }

    private RunSummary TrainAll(Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        var checkpoints = new Checkpoints(run, _journal, CheckpointPace.Always, time);
        try
        {
            using var data = new BnpData(study);
            _journal.Check(RunSchema.DatasetChecksum, "data", data.Checksum);
            _journal.Check(RunSchema.TestChecksum, "test_path", data.TestChecksum);
            run.Set(RunSchema.DatasetChecksum, data.Checksum);
            run.Set(RunSchema.TestChecksum, data.TestChecksum);
            if (data.ParametersChecksum is { } parameters)
            {
                _journal.Check(RunSchema.ParametersChecksum, "--parameters", parameters);
                run.Set(RunSchema.ParametersChecksum, parameters);
            }
            var variants = Enum.GetValues<BnpVariant>();
            var (done, all) = (0, study.Batches.Count * variants.Length);
            foreach (var batch in study.Batches)
            {
                foreach (var variant in variants)
                {
                    var before = done;
                    if (_results.Exists(one => one.Variant == Name(variant) && one.Batch == batch))
                    {
                        done++;
                        continue;
                    }
                    Train(data, variant, batch, share => progress?.Invoke(new(Process(variant, batch), before + share, all)), cancellation);
                    done++;
                    checkpoints.Write(study.Kind, to => to.Set("results", JsonSerializer.Serialize(_results, RunJson.Options)));
                }
            }
        }
        catch (OperationCanceledException)
        {
            return _journal.End(RunStatus.Interrupted, $"interrupted after {_results.Count} trainings");
        }
        catch (Exception e) when (e is not RunStoreException)
        {
            _journal.End(RunStatus.Failed, e.Message);
            throw;
        }
        return _journal.End(RunStatus.Completed, $"{_results.Count} trainings");
    }

    private void Train(BnpData data, BnpVariant variant, int batch, Action<double> progress, CancellationToken cancellation)
    {
        // Length of all trials, relative to the training.
        var trials = BnpStudy.TrialShare * study.LearningRates.Count;
        var rate = ChosenRate(data, variant, batch, tried => progress(tried * trials / (1 + trials)), cancellation);
        var process = Process(variant, batch);
        int[] moments = [.. BnpStudy.Moments.Select(share => Math.Max(1, (int)(share * study.Steps)))];
        var evaluateEvery = Math.Max(1, study.Steps / BnpStudy.Evaluations);
        (double Loss, double Accuracy) score = default;
        (HessianShape Plain, HessianShape? Preconditioned)? curvature = null;
        var end = new BnpTrial(study, data, variant, batch, rate, time).Run(study.Steps, study.Seconds, Watch, cancellation);
        if (end.Fault is { } why) run.AddEvent(end.Steps, RunSchema.DivergedEvent, $"{process}: {why}");
        var reason = end.Fault ?? NoCurvature(variant, batch);
        var effective = curvature?.Preconditioned ?? curvature?.Plain;
        if (reason is null && effective is null) reason = "no Hessian was measured";
        _results.Add(new(
            Name(variant),
            batch,
            rate,
            end.Steps,
            end.Seconds,
            end.Fault is null ? Finite(score.Loss) : null,
            score.Accuracy,
            reason is null ? Finite(effective!.ConditionNumber) : null,
            reason is null ? Finite(curvature!.Value.Plain.ConditionNumber) : null,
            reason is null ? Finite(effective!.Spread) : null,
            reason is null ? Finite(curvature!.Value.Plain.Spread) : null,
            reason));
        run.Set(BnpSchema.Results, _results);
        run.Commit();

        void Watch(BnpMoment moment)
        {
            var step = moment.Step;
            // A limit in seconds ends a training at a step that is not known beforehand.
            var final = step == study.Steps || moment.Seconds >= study.Seconds;
            if (step % evaluateEvery == 0 || final) Evaluate(moment);
            if ((moments.Contains(step) || final) && NoCurvature(variant, batch) is null) Measure(moment);
            progress((trials + ((double)step / study.Steps)) / (1 + trials));
            _journal.CommitIfDue();
        }

        void Evaluate(BnpMoment moment)
        {
            using var scope = NewDisposeScope();
            var samples = Math.Min(BnpStudy.EvaluationSamples, data.Inputs.shape[0]);
            var loss = BnpData.Score(moment.Network, data.Inputs[..(int)samples], data.Labels[..(int)samples]).Loss;
            var accuracy = BnpData.Score(moment.Network, data.TestInputs, data.TestLabels).Accuracy;
            score = (loss, accuracy);
            run.Add(process, BnpSchema.Loss, moment.Step, loss);
            run.Add(process, BnpSchema.Accuracy, moment.Step, accuracy);
            run.Add(process, BnpSchema.Seconds, moment.Step, moment.Seconds);
        }

        void Measure(BnpMoment moment)
        {
            var at = BnpCurvature.At(study, data, variant, moment);
            curvature = at;
            Record(BnpSchema.Plain, at.Plain);
            if (at.Preconditioned is { } preconditioned) Record(BnpSchema.Preconditioned, preconditioned);

            void Record(string which, HessianShape shape)
            {
                run.Add(process, BnpSchema.Of(which, BnpSchema.ConditionNumber), moment.Step, shape.ConditionNumber);
                run.Add(process, BnpSchema.Of(which, BnpSchema.Spread), moment.Step, shape.Spread);
                run.Add(process, BnpSchema.Of(which, BnpSchema.Sharpness), moment.Step, shape.Largest);
                foreach (var (decade, density) in shape.Density())
                    run.AddToCurve(process, BnpSchema.Of(which, BnpSchema.Density), moment.Step, decade, density);
            }
        }
    }

    /// <summary>Returns the learning rate of the lowest loss on the minibatches; where every trial fails, the
    /// smallest.</summary>
    private double ChosenRate(BnpData data, BnpVariant variant, int batch, Action<double> progress, CancellationToken cancellation)
    {
        var steps = Math.Max(1, (int)(BnpStudy.TrialShare * study.Steps));
        var tried = new List<(double Rate, double Loss)>();
        foreach (var rate in study.LearningRates)
        {
            var end = new BnpTrial(study, data, variant, batch, rate, time)
                .Run(steps, BnpStudy.TrialShare * study.Seconds, null, cancellation);
            if (end.Fault is null) tried.Add((rate, end.MinibatchLoss));
            progress((double)(tried.Count) / study.LearningRates.Count);
        }
        run.Set(BnpSchema.Trials(Process(variant, batch)), [.. tried.Select(trial => new[] { trial.Rate, trial.Loss })]);
        return tried.Count == 0 ? study.LearningRates.Min() : tried.MinBy(trial => trial.Loss).Rate;
    }

    private string? NoCurvature(BnpVariant variant, int batch) =>
        variant == BnpVariant.BatchNorm && batch == 1 && study.Model == BnpModel.Mlp
            ? "batch norm of one vector has no variance: its output is constant, and no layer before it is trained"
            : null;

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
