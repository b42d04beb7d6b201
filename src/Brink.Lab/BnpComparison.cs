using System.Globalization;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Runs a BNP study: at each batch size every variant, first with each learning rate for a while, then with the best
/// of them to the end.</summary>
public sealed class BnpComparison(BnpStudy study, RunWriter run, TimeProvider time)
{
    /// <summary>The kind of study.</summary>
    public const string Kind = "bnp";

    private readonly RunJournal _journal = new(run, time);
    private readonly List<BnpResult> _results = [];

    /// <summary>The process of a variant at a batch size in the run store.</summary>
    public static string Process(BnpVariant variant, int batch) =>
        string.Create(CultureInfo.InvariantCulture, $"{Name(variant)}@{batch}");

    /// <summary>batch-norm and so on.</summary>
    public static string Name(BnpVariant variant) => ExperimentYaml.Dashed($"{variant}");

    /// <summary>Runs it to its end; the run store is complete afterwards, its status included.</summary>
    /// <param name="name">What the run is called.</param>
    /// <param name="progress">Told now and then: trainings, and the share of the one under way.</param>
    /// <param name="cancellation">Ends it with what was done saved, status interrupted.</param>
    /// <exception cref="ExperimentException">The data cannot be had; the run's status is failed.</exception>
    public (RunSummary Summary, IReadOnlyList<BnpResult> Results) Run(
        string name, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.Begin(name, Kind, study.ToJson(), study.Seed);
        return Trained(progress, cancellation);
    }

    /// <summary>Goes on from a checkpoint that the run was taken back to: between two trainings, so that one that was under way
    /// begins anew.</summary>
    /// <inheritdoc cref="Run"/>
    public (RunSummary Summary, IReadOnlyList<BnpResult> Results) Resume(
        Checkpoint from, Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        _journal.GoOn(from.Seconds);
        _results.AddRange(StudyJson.Read<List<BnpResult>>(from.State.Word("results")));
        return Trained(progress, cancellation);
    }

    private (RunSummary Summary, IReadOnlyList<BnpResult> Results) Trained(Action<StudyProgress>? progress, CancellationToken cancellation)
    {
        var checkpoints = new Checkpoints(run, _journal, CheckpointPace.Always, time);
        try
        {
            using var data = new BnpData(study);
            _journal.Check("dataset_checksum", "data", data.Checksum);
            _journal.Check("test_checksum", "test_path", data.TestChecksum);
            run.SetManifest("dataset_checksum", data.Checksum);
            run.SetManifest("test_checksum", data.TestChecksum);
            if (data.ParametersChecksum is { } parameters)
            {
                _journal.Check("parameters_checksum", "--parameters", parameters);
                run.SetManifest("parameters_checksum", parameters);
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
                    checkpoints.Leave(Kind, to => to.Set("results", StudyJson.List(_results)));
                }
            }
        }
        catch (OperationCanceledException)
        {
            return (_journal.End(RunStatus.Interrupted, $"interrupted after {_results.Count} trainings"), _results);
        }
        catch (Exception e) when (e is not RunStoreException)
        {
            _journal.End(RunStatus.Failed, e.Message);
            throw;
        }
        return (_journal.End(RunStatus.Completed, $"{_results.Count} trainings"), _results);
    }

    private void Train(BnpData data, BnpVariant variant, int batch, Action<double> progress, CancellationToken cancellation)
    {
        // Of the time of a variant at a batch size, so much are its trials.
        var trials = BnpStudy.TrialShare * study.LearningRates.Count;
        var rate = ChosenRate(data, variant, batch, tried => progress(tried * trials / (1 + trials)), cancellation);
        var process = Process(variant, batch);
        int[] moments = [.. BnpStudy.Moments.Select(share => Math.Max(1, (int)(share * study.Steps)))];
        var evaluateEvery = Math.Max(1, study.Steps / BnpStudy.Evaluations);
        (double Loss, double Accuracy) score = default;
        (HessianShape Plain, HessianShape? Preconditioned)? curvature = null;
        var end = new BnpTrial(study, data, variant, batch, rate, time).Run(study.Steps, study.Seconds, Watch, cancellation);
        if (end.Fault is { } why) run.AddEvent(end.Steps, "diverged", $"{process}: {why}");
        var reason = end.Fault ?? NoCurvature(variant, batch);
        var felt = curvature?.Preconditioned ?? curvature?.Plain;
        if (reason is null && felt is null) reason = "no moment was measured";
        _results.Add(new(
            Name(variant),
            batch,
            rate,
            end.Steps,
            end.Seconds,
            end.Fault is null ? Finite(score.Loss) : null,
            score.Accuracy,
            reason is null ? Finite(felt!.ConditionNumber) : null,
            reason is null ? Finite(curvature!.Value.Plain.ConditionNumber) : null,
            reason is null ? Finite(felt!.Spread) : null,
            reason is null ? Finite(curvature!.Value.Plain.Spread) : null,
            reason));
        run.SetManifest("bnp", _results);
        run.Commit();

        void Watch(BnpMoment moment)
        {
            var step = moment.Step;
            // A training that its seconds end does so at a step that nobody knows before.
            var final = step == study.Steps || moment.Seconds >= study.Seconds;
            if (step % evaluateEvery == 0 || final) Evaluate(moment);
            if ((moments.Contains(step) || final) && NoCurvature(variant, batch) is null) Measure(moment);
            progress((trials + ((double)step / study.Steps)) / (1 + trials));
            _journal.CommitNowAndThen();
        }

        void Evaluate(BnpMoment moment)
        {
            using var scope = NewDisposeScope();
            var samples = Math.Min(BnpStudy.EvaluationSamples, data.Inputs.shape[0]);
            var loss = BnpData.Score(moment.Network, data.Inputs[..(int)samples], data.Labels[..(int)samples]).Loss;
            var accuracy = BnpData.Score(moment.Network, data.TestInputs, data.TestLabels).Accuracy;
            score = (loss, accuracy);
            run.Add(process, "loss", moment.Step, loss);
            run.Add(process, "accuracy", moment.Step, accuracy);
            run.Add(process, "seconds", moment.Step, moment.Seconds);
        }

        void Measure(BnpMoment moment)
        {
            var at = BnpCurvature.At(study, data, variant, moment);
            curvature = at;
            Record("plain", at.Plain);
            if (at.Preconditioned is { } preconditioned) Record("preconditioned", preconditioned);

            void Record(string which, HessianShape shape)
            {
                run.Add(process, $"{which}_condition_number", moment.Step, shape.ConditionNumber);
                run.Add(process, $"{which}_spread", moment.Step, shape.Spread);
                run.Add(process, $"{which}_sharpness", moment.Step, shape.Largest);
                foreach (var (decade, density) in shape.Density()) run.AddToCurve(process, $"{which}_density", moment.Step, decade, density);
            }
        }
    }

    /// <summary>The learning rate of the lowest loss on the minibatches; where none goes through, the smallest.</summary>
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
        run.SetManifest($"trials {Process(variant, batch)}", tried.Select(trial => new[] { trial.Rate, trial.Loss }));
        return tried.Count == 0 ? study.LearningRates.Min() : tried.MinBy(trial => trial.Loss).Rate;
    }

    private string? NoCurvature(BnpVariant variant, int batch) =>
        variant == BnpVariant.BatchNorm && batch == 1 && study.Model == BnpModel.Mlp
            ? "batch norm of one vector has no variance: its output is a constant, and nothing before it is trained"
            : null;

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
